{{/* The picker's objects. The pool itself is named after the release. */}}
{{- define "epp.name" -}}
{{ .Release.Name }}-epp
{{- end }}

{{- define "epp.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "epp.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "epp.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Called with (list context name). */}}
{{- define "epp.metadata" -}}
metadata:
  name: {{ index . 1 }}
  namespace: {{ (index . 0).Release.Namespace }}
  labels:
    {{- include "epp.labels" (index . 0) | nindent 4 }}
{{- end }}

{{- define "epp.serviceAccount" -}}
{{- .Values.inferenceExtension.serviceAccount.name | default (include "epp.name" .) -}}
{{- end }}

{{- define "epp.image" -}}
{{- $image := .Values.inferenceExtension.image -}}
{{- if not (or $image.tag $image.digest) -}}
{{- fail "inferenceExtension.image.tag is empty: name the image to run, for example --set inferenceExtension.image.tag=0.1.0, or set inferenceExtension.image.digest" -}}
{{- end -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository -}}
{{- with $image.tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{/* A scalar as a word: Helm reads numbers as floats. */}}
{{- define "epp.word" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{/* What poolRef of objectives and rewrites holds. */}}
{{- define "epp.poolRef" -}}
poolRef:
  group: inference.networking.k8s.io
  kind: InferencePool
  name: {{ .Release.Name }}
{{- end }}

{{/* What is wrong with values beyond what the schema can say. One line each. */}}
{{- define "epp.validate" -}}
{{- $v := .Values -}}
{{- $extension := $v.inferenceExtension -}}
{{- if ne ($v.inferencePool.name | default .Release.Name) .Release.Name -}}
{{- fail (printf "inferencePool.name is %s, but the pool is named after the release, %s: install the release under that name" $v.inferencePool.name .Release.Name) -}}
{{- end -}}
{{- if not $v.inferencePool.modelServers.matchLabels -}}
{{- fail "inferencePool.modelServers.matchLabels is empty: name a label of the model servers' pods, for example --set inferencePool.modelServers.matchLabels.app=my-model" -}}
{{- end -}}
{{- if and (ne $extension.pluginsConfigFile "default-plugins.yaml") (not (hasKey $extension.pluginsCustomConfig $extension.pluginsConfigFile)) -}}
{{- fail (printf "inferenceExtension.pluginsConfigFile is %s, which pluginsCustomConfig does not have: add it there" $extension.pluginsConfigFile) -}}
{{- end -}}
{{- if $extension.monitoring.prometheus.auth.enabled -}}
{{- fail "inferenceExtension.monitoring.prometheus.auth.enabled: this picker's /metrics needs no token; set it to false" -}}
{{- end -}}
{{- if and $v.inferenceGateway.create (not $v.inferenceGateway.className) (eq $v.provider.name "none") -}}
{{- fail "inferenceGateway.className is empty: name the GatewayClass, or set provider.name to agentgateway or istio" -}}
{{- end -}}
{{- if and $v.inferenceGateway.create $v.experimentalHttpRoute.inferenceGatewayNamespace (ne $v.experimentalHttpRoute.inferenceGatewayNamespace .Release.Namespace) -}}
{{- fail (printf "inferenceGateway.create makes a Gateway in %s, but experimentalHttpRoute.inferenceGatewayNamespace is %s: leave that empty" .Release.Namespace $v.experimentalHttpRoute.inferenceGatewayNamespace) -}}
{{- end -}}
{{- if $v.bbr.enabled -}}
{{- if ne $v.provider.name "agentgateway" -}}
{{- fail (printf "bbr.enabled needs provider.name=agentgateway, got %s: other gateways need GIE's body-based-routing chart" $v.provider.name) -}}
{{- end -}}
{{- with $v.experimentalHttpRoute.inferenceGatewayNamespace -}}
{{- if ne . $.Release.Namespace -}}
{{- fail (printf "bbr.enabled needs a release in the Gateway's namespace %s, this one is in %s: enable it there" . $.Release.Namespace) -}}
{{- end -}}
{{- end -}}
{{- if not $v.bbr.models -}}
{{- fail "bbr.models is empty: list the base model of each name that clients use, for example --set bbr.models.my-model=my-model" -}}
{{- end -}}
{{- end -}}
{{- if and (not $extension.secureServing) (ne $v.provider.name "none") -}}
{{- fail (printf "inferenceExtension.secureServing=false: %s speaks TLS to pickers; set it to true" $v.provider.name) -}}
{{- end -}}
{{- if and $extension.certSecretName (not $extension.secureServing) -}}
{{- fail "inferenceExtension.certSecretName needs inferenceExtension.secureServing=true" -}}
{{- end -}}
{{- if and (not $extension.serviceAccount.create) (not $extension.serviceAccount.name) -}}
{{- fail "inferenceExtension.serviceAccount.name is empty: name the ServiceAccount to use, or set serviceAccount.create=true" -}}
{{- end -}}
{{- range $name := list "pool-name" "pool-namespace" "pool-group" "pool" "config-file" "config-text" "grpc-port" "grpc-health-port" "metrics-port" "ha-enable-leader-election" "filename" "f" -}}
{{- if hasKey $extension.flags $name -}}
{{- fail (printf "inferenceExtension.flags.%s: the chart sets this flag itself; remove it" $name) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The words behind `understudy`, as YAML. */}}
{{- define "epp.arguments" -}}
{{- $extension := .Values.inferenceExtension -}}
{{- $words := list "epp" "--pool-name" .Release.Name "--pool-namespace" .Release.Namespace "--pool-group" "inference.networking.k8s.io" -}}
{{- $words = concat $words (list "--zap-encoder" "json" "--config-file" (printf "/config/%s" $extension.pluginsConfigFile)) -}}
{{- if gt (int64 $extension.replicas) 1 }}{{ $words = append $words "--ha-enable-leader-election" }}{{ end -}}
{{- if not $extension.secureServing }}{{ $words = append $words "--secure-serving=false" }}{{ end -}}
{{- if $extension.certSecretName }}{{ $words = concat $words (list "--cert-path" "/certificate" "--enable-cert-reload") }}{{ end -}}
{{- if $extension.bbr }}{{ $words = append $words "--bbr" }}{{ end -}}
{{- with $extension.metricsDataSource -}}
{{- if ne .scheme "http" -}}
{{- $words = append $words (printf "--model-server-metrics-scheme=%s" .scheme) -}}
{{- $words = append $words (printf "--model-server-metrics-https-insecure-skip-verify=%t" .insecureSkipVerify) -}}
{{- end -}}
{{- with .path }}{{ $words = append $words (printf "--model-server-metrics-path=%s" .) }}{{ end -}}
{{- end -}}
{{- range $name, $value := $extension.flags -}}
{{- $words = append $words (printf "--%s=%s" $name (include "epp.word" $value)) -}}
{{- end -}}
{{- $words | toYaml -}}
{{- end }}

{{/* The configuration without pluginsCustomConfig. */}}
{{- define "epp.defaultPlugins" -}}
apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: EndpointPickerConfig
plugins:
  - type: queue-scorer
  - type: kv-cache-utilization-scorer
  - type: prefix-cache-scorer
  {{- if ne .Values.inferencePool.modelServerType "vllm" }}
  - type: core-metrics-extractor
    parameters:
      defaultEngine: {{ .Values.inferencePool.modelServerType }}
  {{- end }}
  {{- if eq .Values.inferencePool.modelServerProtocol "grpc" }}
  - type: vllmgrpc-parser
  {{- end }}
schedulingProfiles:
  - name: default
    plugins:
      - pluginRef: queue-scorer
        weight: 2
      - pluginRef: kv-cache-utilization-scorer
        weight: 2
      - pluginRef: prefix-cache-scorer
        weight: 3
{{- end }}
