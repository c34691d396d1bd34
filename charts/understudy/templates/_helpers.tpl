{{/* The name of all objects. */}}
{{- define "understudy.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* What selects the pods; it never changes in a release's life. */}}
{{- define "understudy.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "understudy.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "understudy.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "understudy.metadata" -}}
metadata:
  name: {{ include "understudy.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "understudy.labels" . | nindent 4 }}
{{- end }}

{{/* podLabels may change `app`, but not what selects the pods. */}}
{{- define "understudy.podLabels" -}}
{{- $labels := dict "app" (include "understudy.fullname" .) -}}
{{- if not .Values.standalone.enabled -}}
{{- $_ := set $labels "inference.networking.k8s.io/engine-type" "vllm" -}}
{{- end -}}
{{- mergeOverwrite $labels (deepCopy .Values.podLabels) (fromYaml (include "understudy.selectorLabels" .)) | toYaml -}}
{{- end }}

{{- define "understudy.image" -}}
{{- $image := .Values.image -}}
{{- if not (or $image.tag $image.digest) -}}
{{- fail "image.tag is empty: name the image to run, for example --set image.tag=0.1.0, or set image.digest" -}}
{{- end -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository -}}
{{- with $image.tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{/* The port that the Service leads to. */}}
{{- define "understudy.port" -}}
{{- if .Values.standalone.enabled }}{{ int64 .Values.standalone.port }}{{ else }}{{ int64 .Values.config.port }}{{ end -}}
{{- end }}

{{/* A scalar as a word: Helm reads numbers as floats, and 100100100 must not become 1.001001e+08. */}}
{{- define "understudy.word" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else if kindIs "map" . }}{{ toJson . }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{/* What is wrong with values beyond what the schema can say. One line each. */}}
{{- define "understudy.validate" -}}
{{- $v := .Values -}}
{{- $single := not (or $v.standalone.models $v.standalone.modelsJson $v.standalone.manifests) -}}
{{- if and (not $v.config.model) (or (not $v.standalone.enabled) $single) -}}
{{- fail "config.model is empty: name the model, for example --set config.model=my-model" -}}
{{- end -}}
{{- if $v.standalone.enabled -}}
{{- if gt (int64 $v.replicaCount) 1 -}}
{{- fail (printf "replicaCount is %d, but standalone.enabled runs all replicas in one pod behind one port: set replicas in standalone.models instead" (int64 $v.replicaCount)) -}}
{{- end -}}
{{- if $v.autoscaling.enabled -}}
{{- fail "autoscaling.enabled scales pods, and standalone.enabled has one: set one of them to false" -}}
{{- end -}}
{{- if eq $v.workloadKind "StatefulSet" -}}
{{- fail "workloadKind StatefulSet is for servers: leave it at Deployment with standalone.enabled" -}}
{{- end -}}
{{- if eq (int64 $v.standalone.port) (int64 $v.standalone.metricsPort) -}}
{{- fail (printf "standalone.port and standalone.metricsPort are both %d: change one" (int64 $v.standalone.port)) -}}
{{- end -}}
{{- if has 8081 (list (int $v.standalone.port) (int $v.standalone.metricsPort)) -}}
{{- fail "port 8081 is the admin API's: change standalone.port or standalone.metricsPort" -}}
{{- end -}}
{{- if and $v.standalone.modelsJson (or $v.standalone.models $v.standalone.rewrites) -}}
{{- fail "standalone.modelsJson is a whole file: leave standalone.models and standalone.rewrites empty beside it" -}}
{{- end -}}
{{- if and (not $single) (or $v.config.servedModelName $v.config.loraModules) -}}
{{- fail "config.servedModelName and config.loraModules are of one model: put them into the entries of standalone.models" -}}
{{- end -}}
{{- if $v.extraArgs -}}
{{- fail "extraArgs are of servers: use standalone.flags with standalone.enabled" -}}
{{- end -}}
{{- else -}}
{{- if or $v.standalone.models $v.standalone.rewrites $v.standalone.modelsJson $v.standalone.manifests -}}
{{- fail "standalone.models and the like need standalone.enabled=true; without it install the chart once for each model" -}}
{{- end -}}
{{- end -}}
{{- $pdb := $v.podDisruptionBudget -}}
{{- if and $pdb.enabled (not (kindIs "invalid" $pdb.minAvailable)) (not (kindIs "invalid" $pdb.maxUnavailable)) -}}
{{- fail "podDisruptionBudget has minAvailable and maxUnavailable: leave one of them away" -}}
{{- end -}}
{{- if $v.autoscaling.enabled -}}
{{- if gt (int64 $v.autoscaling.minReplicas) (int64 $v.autoscaling.maxReplicas) -}}
{{- fail (printf "autoscaling.minReplicas is %d, more than maxReplicas %d: change one" (int64 $v.autoscaling.minReplicas) (int64 $v.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and (eq $v.autoscaling.kind "ScaledObject") (not $v.autoscaling.keda.serverAddress) -}}
{{- fail "autoscaling.keda.serverAddress is empty: name the Prometheus that KEDA asks, for example http://prometheus.monitoring:9090" -}}
{{- end -}}
{{- if and (eq $v.autoscaling.kind "HorizontalPodAutoscaler") (lt (int64 $v.autoscaling.minReplicas) 1) -}}
{{- fail "autoscaling.minReplicas 0 needs autoscaling.kind=ScaledObject; a HorizontalPodAutoscaler has at least 1" -}}
{{- end -}}
{{- end -}}
{{- end }}
