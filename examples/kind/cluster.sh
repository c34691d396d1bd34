# shellcheck shell=bash
# The cluster and the image; for demo.

engine='' # docker or podman

need_tools() {
  local tool
  for tool in kind "$@"; do
    command -v "$tool" >/dev/null || fail "$tool is not on the PATH" "install $tool and run this again"
  done
  if [ "${KIND_EXPERIMENTAL_PROVIDER:-docker}" != podman ] && command -v docker >/dev/null; then
    engine=docker
  elif command -v podman >/dev/null; then
    engine=podman
    export KIND_EXPERIMENTAL_PROVIDER=podman
  else
    fail "neither docker nor podman is on the PATH" "install one of them and run this again"
  fi
  "$engine" info >/dev/null 2>&1 || fail "$engine does not answer" "start it, and see that '$engine info' works for this user"
}

exists() { kind get clusters 2>/dev/null | grep -qxF -- "$name"; }

# The port of this machine that leads into the cluster.
mapped_port() { "$engine" port "$name-control-plane" 30080/tcp 2>/dev/null | sed -nE '1s/^.*:([0-9]+)$/\1/p' || true; }

# A cluster of this name that is there already must be ours, and answer at the port that was asked for.
need_cluster() {
  local mapped
  exists || fail "there is no kind cluster '$name'" "make it with: $self --name $name --keep"
  "${kube[@]}" get nodes >"$work/out" 2>&1 || fail "the kind cluster '$name' does not answer" "remove it with: $remove"
  [ -n "$("${kube[@]}" get nodes -l understudy-demo=true -o name 2>/dev/null)" ] ||
    fail "the kind cluster '$name' was not made by this script" "give another --name"
  mapped="$(mapped_port)"
  [ "$mapped" = "$port" ] ||
    fail "the kind cluster '$name' answers at port ${mapped:-none}, not $port" "give --port ${mapped:-PORT}, or remove it with: $remove"
  cluster=there
}

need_port() {
  if exists; then
    need_cluster
  elif (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    fail "port $port of this machine is in use" "stop what listens there, or give another --port"
  fi
}

get_image() {
  if [ -n "$build" ]; then
    try "building the image $image" "see that the Dockerfile's base images can be pulled, or give a built one with --image" \
      "$engine" build --tag "$image" "$root"
  elif ! "$engine" image inspect "$image" >/dev/null 2>&1; then
    try "pulling the image $image" "build it, or see that '$engine pull $image' works" "$engine" pull "$image"
  fi
}

make_cluster() {
  if [ "$cluster" = there ]; then
    echo "- the cluster $name is there already"
    return
  fi
  sed "s/hostPort: 8080/hostPort: $port/" "$here/cluster.yaml" >"$work/cluster.yaml"
  cluster=making
  try "making the cluster $name" "see that kind works with $engine: kind create cluster --name try-it" \
    kind create cluster --name "$name" --config "$work/cluster.yaml" --wait 180s
  try "asking the cluster for its nodes" "remove the cluster with '$remove' and run this again" "${kube[@]}" get nodes
  cluster=there
}

# By archive, because `kind load docker-image` does not find podman's images.
load_image() {
  try "saving the image $image" "see that there is space in ${TMPDIR:-/tmp}" "$engine" save --output "$work/image.tar" "$image"
  try "loading the image into the cluster" "remove the cluster with '$remove' and run this again" \
    kind load image-archive "$work/image.tar" --name "$name"
  rm -f "$work/image.tar"
}

remove_cluster() {
  if ! exists; then
    echo "- there is no cluster $name"
    return
  fi
  try "removing the cluster $name" "remove its container with: $engine rm -f $name-control-plane" kind delete cluster --name "$name"
  cluster=''
}
