{{/* The template of the pods. */}}
{{- define "understudy.podTemplate" -}}
{{- /* The picker's configuration is read once; everything else that is mounted is watched. */ -}}
{{- $annotations := deepCopy .Values.podAnnotations -}}
{{- if and .Values.standalone.enabled .Values.standalone.pluginsConfig -}}
{{- $_ := set $annotations "checksum/plugins-config" (sha256sum .Values.standalone.pluginsConfig) -}}
{{- end -}}
metadata:
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  labels:
    {{- include "understudy.podLabels" . | nindent 4 }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add 5 (.Values.config.shutdownTimeout | default 30 | ceil | int64) }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- range $key := list "imagePullSecrets" "nodeSelector" "tolerations" "affinity" }}
  {{- with get $.Values $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- $selector := dict "labelSelector" (dict "matchLabels" (fromYaml (include "understudy.selectorLabels" $))) }}
    {{- range . }}
    {{- list (merge (deepCopy .) $selector) | toYaml | nindent 4 }}
    {{- end }}
  {{- end }}
  containers:
    - name: understudy
      image: {{ include "understudy.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      {{- with .Values.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      args:
        {{- include "understudy.arguments" . | nindent 8 }}
      env:
        - name: POD_NAME
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        - name: POD_NAMESPACE
          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
        - name: POD_IP
          valueFrom: {fieldRef: {fieldPath: status.podIP}}
        {{- with .Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: http
          containerPort: {{ include "understudy.port" . }}
        {{- if .Values.standalone.enabled }}
        - name: metrics
          containerPort: {{ int64 .Values.standalone.metricsPort }}
        {{- end }}
      {{- range $key := list "livenessProbe" "readinessProbe" "startupProbe" }}
      {{- with get $.Values $key }}
      {{ $key }}:
        {{- $probe := deepCopy . }}
        {{- if and $.Values.config.selfSignedCerts (not $.Values.standalone.enabled) $probe.httpGet }}
        {{- $_ := set $probe.httpGet "scheme" "HTTPS" }}
        {{- end }}
        {{- toYaml $probe | nindent 8 }}
      {{- end }}
      {{- end }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if or .Values.volumeMounts .Values.standalone.enabled }}
      volumeMounts:
        {{- if .Values.standalone.enabled }}
        - name: sources
          mountPath: /etc/understudy
          readOnly: true
        {{- end }}
        {{- with .Values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
  {{- if or .Values.volumes .Values.standalone.enabled }}
  volumes:
    {{- if .Values.standalone.enabled }}
    - name: sources
      configMap:
        name: {{ include "understudy.fullname" . }}
    {{- end }}
    {{- with .Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end }}
