{{- /* Labels of every object of this chart. */ -}}
{{- define "vre-dm.labels" -}}
app.kubernetes.io/name: vre-dm
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- /* Images by profile, as JSON: what users can choose, by its full name. */ -}}
{{- define "vre-dm.images" -}}
{{- $images := dict -}}
{{- range $name, $profile := .Values.profiles -}}
  {{- if $profile.offered -}}
    {{- $tag := $.Values.images.tag | default $.Chart.AppVersion -}}
    {{- $_ := set $images $name ($profile.image | default (printf "%s/vre-dm-%s:%s" (trimSuffix "/" $.Values.images.registry) $name $tag)) -}}
  {{- end -}}
{{- end -}}
{{- range .Values.extraProfiles -}}
  {{- $_ := set $images .name .image -}}
{{- end -}}
{{- $images | toJson -}}
{{- end -}}

{{- /* Names of the Secrets that log in at registries, as JSON: the hub's chart has some as names, or in maps. */ -}}
{{- define "vre-dm.pullSecrets" -}}
{{- $names := .Values.images.pullSecrets -}}
{{- range .Values.jupyterhub.imagePullSecrets -}}
  {{- $names = append $names (kindIs "map" . | ternary (get (kindIs "map" . | ternary . dict) "name") .) -}}
{{- end -}}
{{- $names | uniq | toJson -}}
{{- end -}}

{{- /* Images that Dask runs in, as JSON: the kernel of each in whose environment it does. */ -}}
{{- define "vre-dm.clusters" -}}
{{- $images := include "vre-dm.images" . | fromJson -}}
{{- $clusters := dict -}}
{{- range $name, $card := .Files.Get "files/profiles.json" | fromJson -}}
  {{- if hasKey $images $name -}}{{- $_ := set $clusters (get $images $name) $card.daskKernel -}}{{- end -}}
{{- end -}}
{{- $clusters | toJson -}}
{{- end -}}

{{- /* What the gateway is told of it: no more than it reads. */ -}}
{{- define "vre-dm.settings.gateway" -}}
{{- $settings := include "vre-dm.settings" . | fromJson -}}
{{- $lake := pick $settings.lake "hasCa" -}}
{{- set (pick $settings "images" "mounts" "dask" "clusters") "lake" $lake | toPrettyJson -}}
{{- end -}}

{{- /* What the hub is told: values, without any secret of the login. */ -}}
{{- define "vre-dm.settings" -}}
{{- $login := omit .Values.login "clientId" "clientSecret" -}}
{{- $lake := omit .Values.lake "caCertificate" -}}
{{- $_ := set $lake "hasCa" (ne .Values.lake.caCertificate "") -}}
{{- $mounts := dict -}}
{{- range $name, $mount := .Values.mounts -}}
  {{- if $mount.enabled -}}
    {{- $claim := $mount.claim | default (printf "vre-dm-%s" $name) -}}
    {{- $source := ternary (dict "hostPath" $mount.hostPath) (dict "claim" $claim) (hasKey $mount "hostPath") -}}
    {{- $_ := set $mounts $name (merge $source (pick $mount "path" "readOnly" "propagation")) -}}
  {{- end -}}
{{- end -}}
{{- $images := pick .Values.images "pullPolicy" -}}
{{- $_ := set $images "pullSecrets" (include "vre-dm.pullSecrets" . | fromJsonArray) -}}
{{- $_ := set $images "names" (include "vre-dm.images" . | fromJson) -}}
{{- dict "images" $images "profiles" .Values.profiles "extraProfiles" .Values.extraProfiles "login" $login
    "lake" $lake "mounts" $mounts "kernels" .Values.kernels "dask" .Values.dask "server" .Values.server
    "clusters" (include "vre-dm.clusters" . | fromJson) "gateway" (index .Values "dask-gateway" "enabled") | toPrettyJson -}}
{{- end -}}
