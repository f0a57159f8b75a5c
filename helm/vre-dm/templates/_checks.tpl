{{- /* What a schema cannot see: values that do not go together. Nothing is installed then. */ -}}
{{- define "vre-dm.checks" -}}
{{- include "vre-dm.checks.profiles" . -}}
{{- include "vre-dm.checks.mounts" . -}}
{{- include "vre-dm.checks.kernels" . -}}
{{- if .Values.jupyterhub.enabled -}}
  {{- include "vre-dm.checks.login" . -}}
  {{- include "vre-dm.checks.hub" . -}}
{{- end -}}
{{- if index .Values "dask-gateway" "enabled" -}}
  {{- include "vre-dm.checks.gateway" . -}}
{{- end -}}
{{- end -}}

{{- define "vre-dm.checks.profiles" -}}
{{- $known := .Files.Get "files/profiles.json" | fromJson -}}
{{- $default := list -}}
{{- $own := false -}}
{{- range $name, $profile := .Values.profiles -}}
  {{- if not (hasKey $known $name) -}}
    {{- fail (printf "profiles.%s: this release has no image of that name; it has %s. Your own go into extraProfiles" $name (keys $known | sortAlpha | join ", ")) -}}
  {{- end -}}
  {{- if and $profile.offered $profile.default -}}{{- $default = append $default $name -}}{{- end -}}
  {{- if and $profile.offered (not $profile.image) -}}{{- $own = true -}}{{- end -}}
  {{- include "vre-dm.checks.bounds" (dict "where" (printf "profiles.%s" $name) "asked" $profile) -}}
{{- end -}}
{{- if ne (len $default) 1 -}}
  {{- fail (printf "profiles: one that is offered has to be the default, and %d are; set default of one to true" (len $default)) -}}
{{- end -}}
{{- $names := dict -}}
{{- range .Values.extraProfiles -}}
  {{- if hasKey $known .name -}}
    {{- fail (printf "extraProfiles: %s is a profile of this release; choose another name, or set profiles.%s.image" .name .name) -}}
  {{- end -}}
  {{- if hasKey $names .name -}}
    {{- fail (printf "extraProfiles: two have the name %s; give one another" .name) -}}
  {{- end -}}
  {{- $_ := set $names .name true -}}
  {{- include "vre-dm.checks.bounds" (dict "where" (printf "extraProfiles, %s" .name) "asked" .) -}}
{{- end -}}
{{- if and $own (not .Values.images.registry) -}}
  {{- fail "images.registry is not set: say where the images are, such as registry.example.org/vre-dm" -}}
{{- end -}}
{{- end -}}

{{- /* Kubernetes takes no pod that is given more than it may use. */ -}}
{{- define "vre-dm.checks.bounds" -}}
{{- range $what := list "cpu" "memory" -}}
  {{- $bounds := get $.asked $what | default dict -}}
  {{- if and $bounds.guarantee $bounds.limit -}}
    {{- if gt (include "vre-dm.amount" $bounds.guarantee | float64) (include "vre-dm.amount" $bounds.limit | float64) -}}
      {{- fail (printf "%s: %s.guarantee is more than %s.limit, and no server would start; lower the one or raise the other" $.where $what $what) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* A number, or text such as 512M, as a number. */ -}}
{{- define "vre-dm.amount" -}}
{{- if kindIs "string" . -}}
  {{- $units := dict "K" 1 "M" 2 "G" 3 "T" 4 -}}
  {{- $amount := regexFind "^[0-9.]+" . | float64 -}}
  {{- range until (get $units (regexFind "[KMGT]$" .) | int) -}}{{- $amount = mulf $amount 1024.0 -}}{{- end -}}
  {{- $amount -}}
{{- else -}}
  {{- float64 . -}}
{{- end -}}
{{- end -}}

{{- /* Names of the mounts that are enabled, by their paths, as JSON. */ -}}
{{- define "vre-dm.paths" -}}
{{- $paths := dict -}}
{{- range $name, $mount := .Values.mounts -}}
  {{- if $mount.enabled -}}
    {{- $path := trimSuffix "/" $mount.path -}}
    {{- if hasKey $paths $path -}}
      {{- fail (printf "mounts.%s and mounts.%s are both mounted at %s" (get $paths $path) $name $mount.path) -}}
    {{- end -}}
    {{- $_ := set $paths $path $name -}}
  {{- end -}}
{{- end -}}
{{- $paths | toJson -}}
{{- end -}}

{{- define "vre-dm.checks.mounts" -}}
{{- $paths := include "vre-dm.paths" . | fromJson -}}
{{- range $name, $mount := .Values.mounts -}}
  {{- if and $mount.enabled $mount.storageClass (not $mount.readOnly) -}}
    {{- fail (printf "mounts.%s: users can write there, and the claim that the chart makes for a storageClass goes with the release; make a claim of your own and name it as claim" $name) -}}
  {{- end -}}
{{- end -}}
{{- if and (eq .Values.lake.mode "replica") (not (and .Values.lake.destinationRse .Values.lake.rseMountPath)) -}}
  {{- fail "lake.mode is replica: it needs lake.destinationRse and lake.rseMountPath" -}}
{{- end -}}
{{- with .Values.lake.rseMountPath -}}
  {{- $there := false -}}
  {{- range $path, $_ := $paths -}}
    {{- if hasPrefix (printf "%s/" $path) (printf "%s/" $.Values.lake.rseMountPath) -}}{{- $there = true -}}{{- end -}}
  {{- end -}}
  {{- if not $there -}}
    {{- fail (printf "lake.rseMountPath is %s, and no enabled entry of mounts is there" .) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* All users have one user's number: a kernel that one can write runs, with their tokens, as all others. */ -}}
{{- define "vre-dm.checks.kernels" -}}
{{- $mounts := .Values.mounts -}}
{{- with .Values.kernels.prefix -}}
  {{- $prefix := printf "%s/" (trimSuffix "/" .) -}}
  {{- $of := "" -}}
  {{- $deepest := "" -}}
  {{- range $path, $name := include "vre-dm.paths" $ | fromJson -}}
    {{- $folder := printf "%s/" $path -}}
    {{- if and (hasPrefix $folder $prefix) (gt (len $folder) (len $deepest)) -}}
      {{- $deepest = $folder -}}
      {{- $of = $name -}}
    {{- end -}}
    {{- if and (hasPrefix $prefix $folder) (not (get $mounts $name).readOnly) -}}
      {{- include "vre-dm.checks.written" (printf "mounts.%s" $name) -}}
    {{- end -}}
  {{- end -}}
  {{- if not $of -}}
    {{- fail (printf "kernels.prefix is %s, and no enabled entry of mounts is there" .) -}}
  {{- end -}}
  {{- $mount := get $mounts $of -}}
  {{- if not $mount.readOnly -}}{{- include "vre-dm.checks.written" (printf "mounts.%s" $of) -}}{{- end -}}
  {{- range $name, $other := $mounts -}}
    {{- if and $other.enabled (not $other.readOnly) -}}
      {{- if and $other.claim $mount.claim (eq (toString $other.claim) (toString $mount.claim)) -}}
        {{- include "vre-dm.checks.written" (printf "mounts.%s" $name) -}}
      {{- end -}}
      {{- include "vre-dm.checks.folder" (dict "kernels" $mount.hostPath "other" $other.hostPath "where" (printf "mounts.%s" $name)) -}}
    {{- end -}}
  {{- end -}}
  {{- $homes := dig "singleuser" "storage" (dict) $.Values.jupyterhub -}}
  {{- $backend := dig "gateway" "backend" (dict) (index $.Values "dask-gateway") -}}
  {{- $home := dict "persistentVolumeClaim" (dict "claimName" (dig "static" "pvcName" "" $homes)) -}}
  {{- $places := dict "jupyterhub.singleuser.storage" (list $home) -}}
  {{- range $_, $volume := $homes.extraVolumes -}}
    {{- $_ := set $places "jupyterhub.singleuser.storage" (append (index $places "jupyterhub.singleuser.storage") $volume) -}}
  {{- end -}}
  {{- range $what := list "scheduler" "worker" -}}
    {{- $_ := set $places (printf "dask-gateway.gateway.backend.%s.extraPodConfig" $what) (dig $what "extraPodConfig" "volumes" (list) $backend) -}}
  {{- end -}}
  {{- range $where, $volumes := $places -}}
    {{- range $volume := $volumes -}}
      {{- if and $mount.claim (eq (toString $mount.claim) (dig "persistentVolumeClaim" "claimName" "" $volume | toString)) -}}
        {{- include "vre-dm.checks.written" $where -}}
      {{- end -}}
      {{- include "vre-dm.checks.folder" (dict "kernels" $mount.hostPath "other" (dig "hostPath" "path" "" $volume) "where" $where) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* A folder of the nodes that users write, and the one with the kernels: neither may be within the other. */ -}}
{{- define "vre-dm.checks.folder" -}}
{{- if and .kernels .other -}}
  {{- $one := printf "%s/" (trimSuffix "/" .kernels) -}}
  {{- $two := printf "%s/" (trimSuffix "/" .other) -}}
  {{- if or (hasPrefix $one $two) (hasPrefix $two $one) -}}{{- include "vre-dm.checks.written" .where -}}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "vre-dm.checks.written" -}}
{{- fail (printf "kernels.prefix: users can write there, by %s, and what one of them leaves there would run as all others; give kernels a claim of their own, mounted with readOnly: true" .) -}}
{{- end -}}
