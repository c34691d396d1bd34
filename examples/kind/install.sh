# shellcheck shell=bash
# What the cluster needs before the walkthroughs; for demo.

# ready WHAT NAMESPACE: waits until a Deployment's pods are ready, and says why they are not. The picker that never gets its CPU is
# the best known of these: upstream's chart asks for 4 of them, ours for 100m.
ready() {
  local waiting code=0
  doing="waiting for $1"
  "${kube[@]}" rollout status "$1" --namespace "$2" --timeout "${READY_LIMIT:-180}s" >"$work/out" 2>&1 &
  child=$!
  wait "$child" || code=$?
  child=''
  [ "$code" != 0 ] || return 0
  local scheduled='{.status.conditions[?(@.type=="PodScheduled")].message}' reason='{.status.containerStatuses[*].state.waiting.reason}'
  waiting="$("${kube[@]}" get pods --namespace "$2" -o "jsonpath={range .items[*]}$scheduled $reason{\"\\n\"}{end}")" || true
  case "$waiting" in
    *'Insufficient cpu'* | *'Insufficient memory'*)
      fail "$1 is not ready: $(grep -m 1 -o 'Insufficient [a-z]*' <<<"$waiting") for its pods" \
        "give $engine more of it, or lower resources.requests in charts/"
      ;;
    *ImagePull* | *ErrImageNeverPull*)
      fail "$1 is not ready: its image cannot be pulled" \
        "see that the cluster reaches the registry; for $image run: $self --name $name --port $port"
      ;;
    *CrashLoopBackOff*)
      fail "$1 is not ready: it ends again and again" "see: kubectl --context kind-$name logs --previous --namespace $2 $1"
      ;;
    *) fail "$1 is not ready: $(tail -n 1 "$work/out")" "see: kubectl --context kind-$name describe pods --namespace $2" ;;
  esac
}

# value JSONPATH KIND NAME…: one value of an object, or nothing.
value() { "${kube[@]}" get "${@:2}" --ignore-not-found -o "jsonpath=$1" 2>/dev/null; }

there_is() { [ -n "$(value '{.metadata.name}' "$@")" ]; }

# Server-side, because the CRDs are larger than the annotation that client-side apply would keep of them.
install_crds() {
  try "installing the CRDs of Gateway API $GATEWAY_API_VERSION" \
    "see that $GATEWAY_API_CRDS can be reached, or name a copy in GATEWAY_API_CRDS" \
    "${kube[@]}" apply --server-side --force-conflicts -f "$GATEWAY_API_CRDS"
  try "installing the CRDs of GIE $GIE_VERSION" "see that $GIE_CRDS can be reached, or name a copy in GIE_CRDS" \
    "${kube[@]}" apply --server-side --force-conflicts -f "$GIE_CRDS"
  try "waiting for the CRDs" "take versions that have all of them: GATEWAY_API_VERSION, GIE_VERSION" \
    "${kube[@]}" wait --for condition=Established --timeout 60s crd/gateways.gateway.networking.k8s.io \
    crd/httproutes.gateway.networking.k8s.io crd/inferencepools.inference.networking.k8s.io \
    crd/inferencemodelrewrites.inference.networking.x-k8s.io crd/inferenceobjectives.inference.networking.x-k8s.io
}

install_agentgateway() {
  local todo="see that $AGENTGATEWAY_CHARTS can be reached and that Helm is 3.8 or newer, or name a copy in AGENTGATEWAY_CHARTS"
  local flags=(--namespace agentgateway-system --create-namespace --version "$AGENTGATEWAY_VERSION")
  try "installing agentgateway's CRDs" "$todo" \
    "${chart[@]}" upgrade --install agentgateway-crds "$AGENTGATEWAY_CHARTS/agentgateway-crds" "${flags[@]}"
  try "installing agentgateway" "$todo" "${chart[@]}" upgrade --install agentgateway "$AGENTGATEWAY_CHARTS/agentgateway" \
    "${flags[@]}" --set inferenceExtension.enabled=true
  ready deployment/agentgateway agentgateway-system
  wait_for_class deployment/agentgateway agentgateway-system
}

install_istio() {
  local todo="see that $ISTIO_CHARTS can be reached, or name a copy in ISTIO_CHARTS"
  local flags=(--namespace istio-system --create-namespace --version "$ISTIO_VERSION" --repo "$ISTIO_CHARTS")
  try "installing Istio's CRDs" "$todo" "${chart[@]}" upgrade --install istio-base base "${flags[@]}"
  try "installing Istio" "$todo" "${chart[@]}" upgrade --install istiod istiod "${flags[@]}" \
    --set-string pilot.env.ENABLE_GATEWAY_API_INFERENCE_EXTENSION=true --set pilot.resources.requests.cpu=100m \
    --set pilot.resources.requests.memory=256Mi
  ready deployment/istiod istio-system
  wait_for_class deployment/istiod istio-system
}

accepted_class() {
  [ "$(value '{.status.conditions[?(@.type=="Accepted")].status}' gatewayclass "$gateway")" = True ]
}

# The controller makes the GatewayClass; no chart has it, so that nothing waits for it by itself.
wait_for_class() {
  doing="waiting for the GatewayClass $gateway"
  echo "- $doing"
  within "${CLASS_LIMIT:-60}" accepted_class ||
    fail "there is no accepted GatewayClass $gateway, which its controller makes" \
      "see: kubectl --context kind-$name logs --namespace $2 $1"
}

# Not Programmed: some gateways say that only with an address, and nothing in kind gives their Service one.
install_gateway() {
  local deployment=inference-gateway
  if [ "$gateway" = none ]; then
    try "applying the way to the front door" "$look" "${kube[@]}" apply -f "$here/front-door.yaml"
    return
  fi
  install_crds
  "install_$gateway"
  sed "s/gatewayClassName: agentgateway/gatewayClassName: $gateway/" "$here/gateway.yaml" >"$work/gateway.yaml"
  try "applying the Gateway" "$look" "${kube[@]}" apply -f "$work/gateway.yaml"
  if [ "$gateway" = agentgateway ]; then
    try "applying body-based routing" "take an AGENTGATEWAY_VERSION that has AgentgatewayPolicy" \
      "${kube[@]}" apply -f "$here/body-routing.yaml"
  else
    deployment="inference-gateway-$gateway"
  fi
  try "waiting until the Gateway is accepted" "see: kubectl --context kind-$name describe gateway inference-gateway" \
    "${kube[@]}" wait --for condition=Accepted --timeout 60s gateway/inference-gateway
  within 60 there_is deployment "$deployment" ||
    fail "the gateway has no Deployment $deployment" "see: kubectl --context kind-$name describe gateway inference-gateway"
  echo "- waiting for the gateway's pod"
  ready "deployment/$deployment" default
}

# The cluster was made with this gateway.
need_gateway() {
  if [ "$gateway" = none ]; then
    there_is service understudy-demo
  else
    there_is gatewayclass "$gateway"
  fi || fail "the cluster '$name' was not made with --gateway $gateway" "give the one it was made with"
}
