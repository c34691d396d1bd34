# shellcheck shell=bash
# shellcheck disable=SC2154 # status, body, model and pod come from asking.sh, the rest from demo
# The walkthroughs of examples/ in the cluster; for demo.

# own FILE: of walkthroughs/ here, which only a gateway needs. either FILE OTHER: with a gateway or without one.
own() { ! behind_gateway || apply "$here/walkthroughs/$1"; }
either() { if behind_gateway; then apply "$here/walkthroughs/$1"; else apply "$folder/$2"; fi; }

# The Deployment and the Service that pick for a pool.
picker_of() { if behind_gateway; then echo "$1-epp"; else echo front-door; fi; }

# becomes MODEL STATUS [CURL…]: MODEL is answered with STATUS within a minute; what has just been applied takes a moment.
becomes() {
  doing="waiting until $1 is answered $2"
  within "${ANSWER_LIMIT:-60}" answers "$@" ||
    fail "$1 is answered ${status:-by nobody} instead of $2: $body" "see: kubectl --context kind-$name logs deployment/$picker"
}

# decisions MODEL TARGET: how often $picker made TARGET of MODEL.
decisions() {
  "${kube[@]}" get --raw "/api/v1/namespaces/default/services/http:$picker:9090/proxy/metrics" |
    awk -v model="model_name=\"$1\"" -v target="target_model=\"$2\"" '
      /^inference_extension_model_rewrite_decisions_total/ && index($0, model) && index($0, target) { sum += $NF }
      END { print sum + 0 }'
}

# requests COUNT MODEL: the status and the pod of each answer, a line each, from one connection.
requests() {
  local named=()
  if [ -n "$says_model" ]; then named=(-H "X-Gateway-Model-Name: $2" -H "X-Gateway-Base-Model-Name: $2"); fi
  curl -s -o /dev/null -D - "$front/v1/chat/completions?request=[1-$1]" -H 'Content-Type: application/json' "${named[@]}" \
    -d "$(chat_for "$2")" | tr -d '\r' | awk '
      /^HTTP\// { if (status) print status, pod; status = $2; pod = "nobody" }
      tolower($1) == "x-inference-pod:" { pod = $2 }
      END { print status, pod }'
}

# shares COUNT MODEL N TARGET M OTHER: of COUNT requests for MODEL N become TARGET and M OTHER.
shares() {
  local target other answered
  doing="asking for $2"
  target="$(decisions "$2" "$4")"
  other="$(decisions "$2" "$6")"
  answered="$(requests "$1" "$2" | grep -c '^200 ')" || true
  is "of $1 requests for $2, those with an answer" "$answered" "$1"
  is "of $1 requests for $2, those for $4" "$(($(decisions "$2" "$4") - target))" "$3"
  is "of $1 requests for $2, those for $6" "$(($(decisions "$2" "$6") - other))" "$5"
  step "of $1 requests for $2 $3 go to $4 and $5 to $6"
}

# spread MODEL DEPLOYMENT OTHER: of 100 requests for MODEL most go to DEPLOYMENT and some to OTHER. Gateways draw every time.
spread() {
  local pods most some
  doing="asking for $1"
  pods="$(requests 100 "$1")" || true
  most="$(grep -c "^200 $2-" <<<"$pods")" || true
  some="$(grep -c "^200 $3-" <<<"$pods")" || true
  case "$3" in "$2"-*) most=$((most - some)) ;; esac # qwen is the beginning of qwen-next
  is "of 100 requests for $1, those of $2 and $3" "$((most + some))" 100
  [ "$some" -ge 1 ] && [ "$some" -le 30 ] || fail "$some of 100 requests for $1 went to $3 instead of about 10"
  step "of 100 requests for $1 $most go to $2 and $some to $3"
}

walkthrough_1() {
  local frames servers=ms-sim-llm-d-modelservice-decode
  begin 1-model-aliasing
  picker="$(picker_of gaie-sim)"
  servers default "$servers" facebook/opt-125m 3 --set config.timeToFirstToken=5ms --set config.interTokenLatency=2ms
  pool default gaie-sim "$servers"
  own 1-route.yaml
  becomes facebook/opt-125m 200
  has 'the pod' "$pod" "$servers-"
  step "facebook/opt-125m answers from a pod of the pool"

  ask opt-stable
  is 'the status' "$status" 404
  step "opt-stable is a name that nobody has: 404"

  apply "$folder/rewrite.yaml"
  becomes opt-stable 200
  is 'the model' "$model" opt-stable
  frames="$(curl -sN "$front/v1/completions" -H 'Content-Type: application/json' \
    -d '{"model":"opt-stable","prompt":"Hello","max_tokens":4,"stream":true}')" || true
  has 'the stream' "$frames" 'data: [DONE]'
  has 'the stream' "$frames" '"model":"opt-stable"'
  step "with the rewrite it answers under its own name, in streams too"

  forget "$folder/rewrite.yaml"
  becomes opt-stable 404
  step "deleted, it stops"
}

walkthrough_2() {
  begin 2-weighted-canary
  servers default ms-sim-llm-d-modelservice-decode facebook/opt-125m 2 --set config.maxLoras=2 \
    --set 'config.loraModules[0].name=facebook/opt-125m-canary'
  servers default vllm-qwen3-32b Qwen/Qwen3-32B 3 --set config.maxLoras=2 \
    --set 'config.loraModules[0].name=small-segment-lora-v1' --set 'config.loraModules[1].name=small-segment-lora-v2'
  pool default gaie-sim ms-sim-llm-d-modelservice-decode
  pool default vllm-qwen3-32b vllm-qwen3-32b
  own 2-rewrites.yaml
  own 2-route.yaml
  picker="$(picker_of gaie-sim)"
  becomes opt 200
  shares 100 opt 90 facebook/opt-125m 10 facebook/opt-125m-canary
  picker="$(picker_of vllm-qwen3-32b)"
  becomes small-segment-lora 200
  has 'the pod' "$pod" vllm-qwen3-32b-
  shares 100 small-segment-lora 90 small-segment-lora-v1 10 small-segment-lora-v2

  becomes who-is-this 404
  apply "$folder/fallback.yaml"
  becomes who-is-this 200
  step "a model that nobody has is 404, and with the generic rule it is answered by the default model"

  apply "$folder/precedence/older.yaml"
  becomes segments 200
  sleep 1 # API servers write creation times in whole seconds
  apply "$folder/precedence/newer.yaml"
  shares 10 segments 10 small-segment-lora-v1 0 small-segment-lora-v2

  apply "$folder/precedence/list-order.yaml"
  becomes listed-too 200
  shares 10 listed 10 small-segment-lora-v2 0 small-segment-lora-v1

  forget "$folder/fallback.yaml"
  becomes who-is-this 404
  step "without the generic rule it is 404 again"
}

walkthrough_3() {
  local model_name
  begin 3-two-models-one-gateway
  picker="$(picker_of qwen-pool)"
  servers default qwen qwen 1 --set config.maxModelLen=8192 --set config.maxLoras=2 --set config.maxCpuLoras=4 \
    --set 'config.loraModules[0].name=travel-helper-v1' --set 'config.loraModules[1].name=travel-helper-v2'
  servers default deepseek-r1 deepseek-r1 1 --set config.maxModelLen=8192
  pool default qwen-pool qwen
  pool default deepseek-pool deepseek-r1
  own 3-route.yaml
  for model_name in qwen deepseek-r1; do
    becomes "$model_name" 200
    is 'the model' "$model" "$model_name"
    has 'the pod' "$pod" "$model_name-"
    step "$model_name answers from its own pool"
  done

  ask nobody
  is 'the status' "$status" 404
  step "an unknown model is 404"

  either 3-adapters.yaml adapters.yaml
  becomes travel-helper 200
  shares 100 travel-helper 90 travel-helper-v1 10 travel-helper-v2

  if behind_gateway; then
    servers default qwen-next qwen 1 --set config.maxModelLen=8192
    pool default qwen-next-pool qwen-next
  else
    apply "$folder/qwen-next.yaml"
  fi
  either 3-canary-route.yaml canary-route.yaml
  becomes qwen 200
  spread qwen qwen qwen-next
}

walkthrough_4() {
  local a=Qwen/Qwen3-32B b=meta-llama/Llama-3.1-8B-Instruct team=microsoft/Phi-4-mini-instruct
  begin 4-three-pools
  picker="$(picker_of vllm-sim-a)"
  servers default vllm-sim-a "$a" 1 --set config.maxNumSeqs=2 --set config.interTokenLatency=20ms
  servers default vllm-sim-b-stable "$b" 2
  servers default vllm-sim-b-canary "$b" 1
  pool default vllm-sim-a vllm-sim-a
  pool default vllm-sim-b-stable vllm-sim-b-stable
  pool default vllm-sim-b-canary vllm-sim-b-canary
  if behind_gateway; then
    apply "$folder/manifests/routes.yaml"
    apply "$folder/manifests/objectives.yaml"
  fi
  becomes "$a" 200
  has 'the pod' "$pod" vllm-sim-a-
  becomes "$b" 200
  has 'the pod' "$pod" vllm-sim-b-
  becomes nobody 404
  step "each model answers from its own pool, and an unknown one is 404"
  spread "$b" vllm-sim-b-stable vllm-sim-b-canary
  shed "$a"

  if behind_gateway; then pool default vllm-sim-empty vllm-sim-empty; fi
  either 4-empty-route.yaml empty-pool.yaml
  becomes example/empty 503
  step "a pool without an endpoint is 503"

  other_namespace "$team"

  servers default vllm-sim-secured example/secured 1 --set 'env[0].name=VLLM_API_KEY' --set 'env[0].value=sim-secret'
  pool default vllm-sim-secured vllm-sim-secured
  either 4-secured-route.yaml secured.yaml
  becomes example/secured 401
  ask example/secured -H 'Authorization: Bearer sim-secret'
  is 'the status' "$status" 200
  step "Authorization reaches a server that wants a key"
}

# While the pool of MODEL is saturated, requests of a negative priority are dropped and others wait.
shed() {
  local i code load=()
  becomes "$1" 200 -H 'x-gateway-inference-objective: batch'
  for ((i = 0; i < 12; i++)); do
    curl -sN -o /dev/null "$front/v1/completions" -H 'Content-Type: application/json' \
      -H "X-Gateway-Model-Name: $1" -H "X-Gateway-Base-Model-Name: $1" \
      -d "{\"model\":\"$1\",\"prompt\":\"Hello\",\"max_tokens\":900,\"ignore_eos\":true,\"stream\":true}" &
    load+=($!)
  done
  within 10 answers "$1" 429 -H 'x-gateway-inference-objective: batch' --max-time 0.5 ||
    fail "batch is answered $status in a saturated pool instead of 429" "see: kubectl --context kind-$name logs deployment/$picker"
  kill "${load[@]}" 2>/dev/null || true
  wait "${load[@]}" 2>/dev/null || true
  becomes "$1" 200 -H 'x-gateway-inference-objective: batch' --max-time 2
  step "in a saturated pool batch is dropped with 429"
}

# The way that all gateways take, a route beside the pool, and the one that some do not: a route into the pool's namespace.
other_namespace() {
  if behind_gateway; then
    servers team-b vllm-sim-team "$1" 1
    pool team-b vllm-sim-team vllm-sim-team
  else
    apply "$folder/team-b.yaml"
  fi
  apply "$folder/team-b-route.yaml"
  becomes "$1" 200
  has 'the headers' "$headers" 'x-inference-namespace: team-b'
  step "a pool in another namespace answers through its route there"

  forget "$folder/team-b-route.yaml"
  apply "$folder/cross-namespace-route.yaml" RefNotPermitted
  becomes "$1" 500
  forget "$folder/cross-namespace-route.yaml"
  step "a route into another namespace is refused without a ReferenceGrant"
}

run_walkthroughs() {
  image_parts
  if [ "$gateway" = istio ]; then says_model=yes; fi
  walkthrough_1
  walkthrough_2
  walkthrough_3
  walkthrough_4
}
