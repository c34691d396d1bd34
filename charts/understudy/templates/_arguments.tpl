{{/* The words behind `understudy`, as YAML: those of a server, which are the simulator's, or those of `up`. */}}
{{- define "understudy.arguments" -}}
{{- if .Values.standalone.enabled }}{{ include "understudy.upArguments" . }}{{ else }}{{ include "understudy.serveArguments" . }}{{ end -}}
{{- end }}

{{- define "understudy.serveArguments" -}}
{{- $words := list "--model" .Values.config.model "--port" (include "understudy.port" .) -}}
{{- range $key, $value := omit .Values.config "model" "port" -}}
{{- $flag := printf "--%s" (kebabcase $key) -}}
{{- if kindIs "slice" $value -}}
{{- if $value -}}
{{- $words = append $words $flag -}}
{{- range $value }}{{ $words = append $words (include "understudy.word" .) }}{{ end -}}
{{- end -}}
{{- else if kindIs "bool" $value -}}
{{- $words = append $words (printf "%s=%t" $flag $value) -}}
{{- else if not (or (kindIs "invalid" $value) (eq (toString $value) "")) -}}
{{- $words = concat $words (list $flag (include "understudy.word" $value)) -}}
{{- end -}}
{{- end -}}
{{- concat $words .Values.extraArgs | toYaml -}}
{{- end }}

{{/* Each file has a -f of its own: a mounted folder has every file twice. */}}
{{- define "understudy.upArguments" -}}
{{- $standalone := .Values.standalone -}}
{{- $words := list "up" -}}
{{- if include "understudy.modelsJson" . -}}{{ $words = concat $words (list "-f" "/etc/understudy/models.json") }}{{ end -}}
{{- range $name, $text := $standalone.manifests -}}
{{- $words = concat $words (list "-f" (printf "/etc/understudy/%s" $name)) -}}
{{- end -}}
{{- $words = concat $words (list "--port" (include "understudy.port" .) "--metrics-port" (toString (int64 $standalone.metricsPort))) -}}
{{- if $standalone.pluginsConfig -}}{{ $words = concat $words (list "--config-file" "/etc/understudy/endpoint-picker-config") }}{{ end -}}
{{- range $key := list "logFormat" "logLevel" "shutdownTimeout" -}}
{{- if hasKey $.Values.config $key -}}
{{- $words = concat $words (list (printf "--%s" (kebabcase $key)) (include "understudy.word" (get $.Values.config $key))) -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := $standalone.flags -}}
{{- if kindIs "bool" $value -}}
{{- if $value }}{{ $words = append $words (printf "--%s" $name) }}{{ end -}}
{{- else -}}
{{- $words = concat $words (list (printf "--%s" $name) (include "understudy.word" $value)) -}}
{{- end -}}
{{- end -}}
{{- $words | toYaml -}}
{{- end }}

{{/* The models.json of the standalone mode; empty when there are manifests only. */}}
{{- define "understudy.modelsJson" -}}
{{- $standalone := .Values.standalone -}}
{{- $single := list "model" "servedModelName" "loraModules" -}}
{{- $notOfModels := list "port" "logFormat" "logLevel" "shutdownTimeout" -}}
{{- if $standalone.modelsJson -}}
{{- $standalone.modelsJson -}}
{{- else if or .Values.config.model $standalone.models -}}
{{- $file := dict -}}
{{- $models := $standalone.models | default (list (pick .Values.config "model" "servedModelName" "loraModules")) -}}
{{- $entries := list -}}
{{- range $models -}}
{{- $entry := dict -}}
{{- range $key, $value := . }}{{ if $value }}{{ $_ := set $entry (kebabcase $key) $value }}{{ end }}{{ end -}}
{{- $entries = append $entries $entry -}}
{{- end -}}
{{- range $key, $value := .Values.config -}}
{{- if not (or (has $key $single) (has $key $notOfModels) (kindIs "invalid" $value)) -}}
{{- $_ := set $file (kebabcase $key) $value -}}
{{- end -}}
{{- end -}}
{{- $_ := set $file "models" $entries -}}
{{- with $standalone.rewrites }}{{ $_ := set $file "rewrites" . }}{{ end -}}
{{- $file | toPrettyJson -}}
{{- end -}}
{{- end }}
