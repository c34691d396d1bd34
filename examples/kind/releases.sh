# shellcheck shell=bash
# Releases of this repository's charts, and manifests; for demo.
#
# With a gateway each pool of a walkthrough is two releases: POOL-servers of charts/understudy and POOL of
# charts/understudy-epp, which gives its name to the InferencePool. With --gateway none a walkthrough's own manifests run in one
# release, front-door, and `kubectl exec` reaches it.

charts="$root/charts"
folder='' # of the walkthrough in examples/

behind_gateway() { [ "$gateway" != none ]; }

# begin FOLDER: removes what a walkthrough before, or an interrupted one, has left.
begin() {
  local namespace release file
  local values=(--set standalone.enabled=true --set standalone.flags.split=smooth)
  folder="$root/examples/$1"
  echo "walkthrough $1"
  doing="clearing the cluster for $1"
  for namespace in default team-b; do
    "${chart[@]}" list --short --all --namespace "$namespace" >"$work/releases" || fail "Helm cannot list its releases" "$look"
    while read -r release; do
      try "removing the release $release" "$look" "${chart[@]}" uninstall "$release" --namespace "$namespace" --wait
    done <"$work/releases"
    if behind_gateway; then
      try "removing routes, rewrites and objectives in $namespace" "$look" "${kube[@]}" delete --all --ignore-not-found \
        --namespace "$namespace" httproutes,referencegrants,inferencemodelrewrites,inferenceobjectives
    fi
  done
  behind_gateway && return
  for file in "$folder"/manifests/*.yaml; do
    values+=(--set-file "standalone.manifests.$(basename "$file" .yaml)\.yaml=$file")
  done
  try "installing the front door" "see that charts/ is there and 'helm lint charts/understudy' is content" \
    "${chart[@]}" upgrade --install front-door "$charts/understudy" "${image_values[@]}" "${values[@]}"
  ready deployment/front-door default
}

# The charts take the image in two parts.
image_parts() {
  image_values=(--set "image.repository=${image%:*}" --set-string "image.tag=${image##*:}")
  picker_image_values=(--set "inferenceExtension.image.repository=${image%:*}" --set-string "inferenceExtension.image.tag=${image##*:}")
}

# servers NAMESPACE NAME MODEL REPLICAS [HELM-FLAG…]: pods NAME-… with the label app=NAME.
servers() {
  behind_gateway || return 0
  try "installing the servers $2" "see that charts/ is there and 'helm lint charts/understudy' is content" \
    "${chart[@]}" upgrade --install "$2-servers" "$charts/understudy" --namespace "$1" --create-namespace \
    --set "fullnameOverride=$2" --set-string "config.model=$3" --set "replicaCount=$4" "${image_values[@]}" "${@:5}"
  ready "deployment/$2" "$1"
}

# pool NAMESPACE NAME LABEL: the InferencePool NAME of the pods with app=LABEL, and its picker.
pool() {
  behind_gateway || return 0
  try "installing the pool $2" "see that charts/ is there and 'helm lint charts/understudy-epp' is content" \
    "${chart[@]}" upgrade --install "$2" "$charts/understudy-epp" --namespace "$1" --create-namespace \
    --set "inferencePool.modelServers.matchLabels.app=$3" --set "provider.name=$gateway" \
    --set inferenceExtension.flags.split=smooth "${picker_image_values[@]}"
  ready "deployment/$2-epp" "$1"
  there_is inferencepool "$2" --namespace "$1" ||
    fail "the release $2 made no InferencePool $2" "keep the release's name and the pool's the same: rewrites and routes go by it"
}

# apply FILE [REASON], forget FILE: of the walkthrough, or of walkthroughs/ here. Routes must be resolved; with REASON, must not be.
apply() {
  if behind_gateway; then
    try "applying ${1##*/}" "$look" "${kube[@]}" apply -f "$1"
    check_references "$1" "${2:-ResolvedRefs}"
  else
    try "applying ${1##*/}" "see: kubectl --context kind-$name logs deployment/front-door" inside apply "$1"
  fi
}
forget() {
  if behind_gateway; then
    try "deleting ${1##*/}" "$look" "${kube[@]}" delete --ignore-not-found -f "$1"
  else
    try "deleting ${1##*/}" "see: kubectl --context kind-$name logs deployment/front-door" inside delete "$1"
  fi
}
inside() { "${kube[@]}" exec --stdin deployment/front-door -- understudy "$1" -f - <"$2"; }

# Two traps: a pool has the name of its release, and gateways may not follow a route into another namespace.
check_references() {
  local kind named namespace pool
  "${kube[@]}" get -f "$1" --no-headers -o \
    'custom-columns=KIND:.kind,NAME:.metadata.name,NAMESPACE:.metadata.namespace,POOL:.spec.poolRef.name' >"$work/objects"
  while read -r kind named namespace pool; do
    case "$kind" in
      InferenceModelRewrite | InferenceObjective)
        there_is inferencepool "$pool" --namespace "$namespace" ||
          fail "$kind $named refers to the InferencePool $pool, which namespace $namespace does not have" \
            "a pool is named after its release: install charts/understudy-epp as $pool"
        ;;
      HTTPRoute) check_route "$named" "$namespace" "$2" ;;
    esac
  done <"$work/objects"
}

route_reason() {
  reason="$(value '{.status.parents[*].conditions[?(@.type=="ResolvedRefs")].reason}' httproute "$1" --namespace "$2")"
  [ "$reason" = "$3" ]
}

check_route() {
  local reason=''
  within "${ROUTE_LIMIT:-30}" route_reason "$@" && return
  case "$3.$reason" in
    ResolvedRefs.RefNotPermitted)
      fail "the gateway does not let the HTTPRoute $1 refer into another namespace" \
        "put the route beside its pool and let it name the gateway's namespace"
      ;;
    ResolvedRefs.BackendNotFound)
      fail "the HTTPRoute $1 refers to a pool that is not there" \
        "a pool is named after its release: see 'helm --kube-context kind-$name list -A'"
      ;;
    *)
      fail "the HTTPRoute $1 is '${reason:-not looked at}' instead of '$3'" \
        "see: kubectl --context kind-$name describe httproute $1 --namespace $2"
      ;;
  esac
}
