{{- /* Values of the two charts that ours stands on, where they would undo what ours sets, or be undone by it. */ -}}
{{- define "vre-dm.checks.login" -}}
{{- $login := .Values.login -}}
{{- $config := dig "hub" "config" (dict) .Values.jupyterhub -}}
{{- $class := dig "JupyterHub" "authenticator_class" "null" $config | toString -}}
{{- $set := "" -}}
{{- range $name, $text := dig "hub" "extraConfig" (dict) .Values.jupyterhub -}}
  {{- if and (ne $name "00-vre-dm") (regexMatch "(?m)^[^#\n]*authenticator_class" (toString $text)) -}}{{- $set = $name -}}{{- end -}}
{{- end -}}
{{- if eq $login.kind "jupyterhub" -}}
  {{- if regexMatch "(?i)dummy|tmp" $class -}}
    {{- fail (printf "login.kind is jupyterhub, and jupyterhub.hub.config.JupyterHub.authenticator_class is %s, which lets everybody in: name another" $class) -}}
  {{- end -}}
  {{- if and (eq $class "null") (not $set) -}}
    {{- fail "login.kind is jupyterhub: name a login as jupyterhub.hub.config.JupyterHub.authenticator_class; the chart's own, null, lets nobody in" -}}
  {{- end -}}
{{- else -}}
  {{- if ne $class "null" -}}
    {{- fail (printf "jupyterhub.hub.config.JupyterHub.authenticator_class is %s, and login.kind is %s: take the first out, or set login.kind to jupyterhub" $class $login.kind) -}}
  {{- end -}}
  {{- if hasKey (dig "JupyterHub" (dict) $config) "admin_users" -}}
    {{- fail (printf "jupyterhub.hub.config.JupyterHub.admin_users says who administers, and login.kind is %s: name them in login.admins and take this out" $login.kind) -}}
  {{- end -}}
  {{- range $section, $_ := $config -}}
    {{- if hasSuffix "Authenticator" $section -}}
      {{- fail (printf "jupyterhub.hub.config.%s says who is let in, and login.kind is %s: say it in login and take this out, or set login.kind to jupyterhub" $section $login.kind) -}}
    {{- end -}}
  {{- end -}}
  {{- if $set -}}
    {{- fail (printf "jupyterhub.hub.extraConfig.%s sets authenticator_class, and login.kind is %s: take it out, or set login.kind to jupyterhub" $set $login.kind) -}}
  {{- end -}}
{{- end -}}
{{- if eq $login.kind "oidc" -}}
  {{- if not $login.issuer -}}
    {{- fail "login.issuer is not set: say which OIDC issuer knows your users, or try the chart with login.kind: embedded" -}}
  {{- end -}}
  {{- if not $login.callbackUrl -}}
    {{- fail "login.callbackUrl is not set: it is https://<your hub>/hub/oauth_callback, as registered at the issuer" -}}
  {{- end -}}
  {{- if ne (empty $login.clientId) (empty $login.clientSecret) -}}
    {{- fail "login.clientId and login.clientSecret go together: set both, or neither and make the Secret vre-dm-login" -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "vre-dm.checks.hub" -}}
{{- $hub := .Values.jupyterhub.hub -}}
{{- $servers := .Values.jupyterhub.singleuser | default dict -}}
{{- include "vre-dm.checks.kept" (dict "list" "jupyterhub.hub.extraVolumes" "there" $hub.extraVolumes "names" (list "vre-dm" "vre-dm-login")) -}}
{{- include "vre-dm.checks.kept" (dict "list" "jupyterhub.hub.extraVolumeMounts" "there" $hub.extraVolumeMounts "names" (list "vre-dm" "vre-dm-login")) -}}
{{- if not (dig "extraConfig" "00-vre-dm" "" $hub) -}}
  {{- fail "jupyterhub.hub.extraConfig lost its entry 00-vre-dm, without which nothing of login, profiles and mounts holds: leave it as it is, and add entries of your own beside it" -}}
{{- end -}}
{{- if not (or (hasPrefix "sqlite-" (dig "db" "type" "sqlite-pvc" $hub)) (dig "db" "url" "" $hub) $hub.existingSecret) -}}
  {{- fail (printf "jupyterhub.hub.db.type is %s, and no address of the database is said; the hub would forget its users at each start: set jupyterhub.hub.db.url, or jupyterhub.hub.existingSecret that holds it" $hub.db.type) -}}
{{- end -}}
{{- if ne .Values.network.enabled (dig "networkPolicy" "enabled" true $servers) -}}
  {{- fail (printf "network.enabled is %t, and jupyterhub.singleuser.networkPolicy.enabled is not: with one policy alone servers do not reach the hub, or not Dask; set both alike" .Values.network.enabled) -}}
{{- end -}}
{{- range $where, $said := dict "server.environment" .Values.server.environment "jupyterhub.singleuser.extraEnv" $servers.extraEnv -}}
  {{- range $name := list "JUPYTER_PATH" "JUPYTER_CONFIG_PATH" -}}
    {{- if hasKey ($said | default dict) $name -}}
      {{- fail (printf "%s.%s: what lies there runs in every server, and nothing looks who can write it; name a folder with kernels as kernels.prefix, and bring settings of JupyterLab to /etc/jupyter by jupyterhub.singleuser.extraFiles" $where $name) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if $servers.profileList -}}
  {{- fail "jupyterhub.singleuser.profileList is not looked at: name your images in extraProfiles" -}}
{{- end -}}
{{- $image := dig "image" "name" "" $servers -}}
{{- if or (and $image (ne $image "quay.io/jupyterhub/k8s-singleuser-sample")) (dig "image" "pullPolicy" "" $servers) -}}
  {{- fail "jupyterhub.singleuser.image is not looked at: set images, profiles.base.image, or extraProfiles" -}}
{{- end -}}
{{- range list "image" "profile_list" "image_pull_policy" -}}
  {{- if hasKey (dig "config" "KubeSpawner" (dict) $hub) . -}}
    {{- fail (printf "jupyterhub.hub.config.KubeSpawner.%s is not looked at: set images, profiles or extraProfiles" .) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "vre-dm.checks.gateway" -}}
{{- $gateway := index .Values "dask-gateway" "gateway" -}}
{{- include "vre-dm.checks.kept" (dict "list" "dask-gateway.gateway.env" "there" $gateway.env "names" (list "VRE_DM_GATEWAY" "VRE_DM_GATEWAY_MOUNTING" "VRE_DM_GATEWAY_SETTINGS")) -}}
{{- if not (and (kindIs "map" $gateway.extraConfig) (get $gateway.extraConfig "00-vre-dm")) -}}
  {{- fail "dask-gateway.gateway.extraConfig lost its entry 00-vre-dm, without which nothing of dask and mounts holds: leave it as it is, and add entries of your own beside it" -}}
{{- end -}}
{{- $image := dig "backend" "image" "name" "" $gateway -}}
{{- if or (and $image (ne $image "ghcr.io/dask/dask-gateway")) (dig "backend" "image" "pullPolicy" "" $gateway) -}}
  {{- fail "dask-gateway.gateway.backend.image is not looked at: clusters have the images of the profiles; set images or profiles" -}}
{{- end -}}
{{- $worker := dig "backend" "worker" (dict) $gateway -}}
{{- range $what := list "cores" "memory" -}}
  {{- if or (dig $what "request" "" $worker) (dig $what "limit" "" $worker) -}}
    {{- fail (printf "dask-gateway.gateway.backend.worker.%s is not looked at: users ask for it, up to dask.worker%s" $what (title $what)) -}}
  {{- end -}}
{{- end -}}
{{- if $worker.threads -}}
  {{- fail "dask-gateway.gateway.backend.worker.threads is not looked at: a worker has one for each core that its user asks for" -}}
{{- end -}}
{{- if .Values.jupyterhub.enabled -}}
  {{- $said := dig "auth" "jupyterhub" "apiUrl" "" $gateway -}}
  {{- $base := dig "hub" "baseUrl" "/" .Values.jupyterhub -}}
  {{- $api := printf "http://hub:8081%s/hub/api" (trimSuffix "/" $base) -}}
  {{- if and (ne $base "/") (ne $said $api) -}}
    {{- fail (printf "jupyterhub.hub.baseUrl is %s: set dask-gateway.gateway.auth.jupyterhub.apiUrl to %s" $base $api) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "vre-dm.checks.kept" -}}
{{- $there := list -}}
{{- range .there -}}{{- $there = append $there .name -}}{{- end -}}
{{- range .names -}}
  {{- if not (has . $there) -}}
    {{- fail (printf "%s lost its entry %s: a list of yours replaces the chart's, so repeat its entries" $.list .) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
