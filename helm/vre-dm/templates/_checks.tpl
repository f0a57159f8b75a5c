{{- /* What a schema cannot see: values that do not go together. Nothing is installed then. */ -}}
{{- define "vre-dm.checks" -}}
{{- $known := .Files.Get "files/profiles.json" | fromJson -}}
{{- $default := list -}}
{{- $own := false -}}
{{- range $name, $profile := .Values.profiles -}}
  {{- if not (hasKey $known $name) -}}
    {{- fail (printf "profiles.%s: this release has no image of that name; it has %s. Your own go into extraProfiles" $name (keys $known | sortAlpha | join ", ")) -}}
  {{- end -}}
  {{- if and $profile.offered $profile.default -}}{{- $default = append $default $name -}}{{- end -}}
  {{- if and $profile.offered (not $profile.image) -}}{{- $own = true -}}{{- end -}}
{{- end -}}
{{- if ne (len $default) 1 -}}
  {{- fail (printf "profiles: one that is offered has to be the default, and %d are; set default of one to true" (len $default)) -}}
{{- end -}}
{{- range .Values.extraProfiles -}}
  {{- if hasKey $known .name -}}
    {{- fail (printf "extraProfiles: %s is a profile of this release; choose another name, or set profiles.%s.image" .name .name) -}}
  {{- end -}}
{{- end -}}
{{- if and $own (not .Values.images.registry) -}}
  {{- fail "images.registry is not set: say where the images are, such as registry.example.org/vre-dm" -}}
{{- end -}}
{{- if and .Values.jupyterhub.enabled (eq .Values.login.kind "oidc") -}}
  {{- if not .Values.login.issuer -}}
    {{- fail "login.issuer is not set: say which OIDC issuer knows your users, or try the chart with login.kind: embedded" -}}
  {{- end -}}
  {{- if not .Values.login.callbackUrl -}}
    {{- fail "login.callbackUrl is not set: it is https://<your hub>/hub/oauth_callback, as registered at the issuer" -}}
  {{- end -}}
{{- end -}}
{{- $class := dig "hub" "config" "JupyterHub" "authenticator_class" "dummy" .Values.jupyterhub -}}
{{- if and .Values.jupyterhub.enabled (eq .Values.login.kind "jupyterhub") (eq $class "dummy") -}}
  {{- fail "login.kind is jupyterhub, and jupyterhub.hub.config.JupyterHub.authenticator_class is dummy, which lets everybody in: name another" -}}
{{- end -}}
{{- if and (index .Values "dask-gateway" "enabled") (not (include "vre-dm.clusters" . | fromJson)) -}}
  {{- fail "dask-gateway is enabled, and no profile that is offered has Dask: offer the profile dm, or set dask-gateway.enabled to false" -}}
{{- end -}}
{{- $paths := dict -}}
{{- range $name, $mount := .Values.mounts -}}
  {{- if $mount.enabled -}}
    {{- if hasKey $paths $mount.path -}}
      {{- fail (printf "mounts.%s and mounts.%s are both mounted at %s" (get $paths $mount.path) $name $mount.path) -}}
    {{- end -}}
    {{- $_ := set $paths $mount.path $name -}}
  {{- end -}}
{{- end -}}
{{- if and (eq .Values.lake.mode "replica") (not (and .Values.lake.destinationRse .Values.lake.rseMountPath)) -}}
  {{- fail "lake.mode is replica: it needs lake.destinationRse and lake.rseMountPath" -}}
{{- end -}}
{{- with .Values.lake.rseMountPath -}}
  {{- $there := false -}}
  {{- range $path, $_ := $paths -}}
    {{- if or (eq $.Values.lake.rseMountPath $path) (hasPrefix (printf "%s/" $path) $.Values.lake.rseMountPath) -}}{{- $there = true -}}{{- end -}}
  {{- end -}}
  {{- if not $there -}}
    {{- fail (printf "lake.rseMountPath is %s, and no enabled entry of mounts is there" .) -}}
  {{- end -}}
{{- end -}}
{{- if .Values.jupyterhub.enabled -}}
  {{- $names := list -}}
  {{- range .Values.jupyterhub.hub.extraVolumes -}}{{- $names = append $names .name -}}{{- end -}}
  {{- range list "vre-dm" "vre-dm-login" -}}
    {{- if not (has . $names) -}}
      {{- fail (printf "jupyterhub.hub.extraVolumes lost its entry %s: a list of yours replaces the chart's, so repeat its entries" .) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
