# --- Images: what is there, and what goes --------------------------------------------------------------------------------------

# appl_image_list: answers with every image that is built, and with all records of images and appliances, which say who uses them.
appl_image_list() {
  appl_comma=''
  appl_list_text=''
  for appl_folder in "$appl_images/built"/*; do
    [ -f "$appl_folder/used" ] || continue
    appl_list_text="$appl_list_text$appl_comma$(appl_image_describe "$appl_folder")"
    appl_comma=,
  done
  appl_answer "{\"now_ms\":$(appl_now),\"images\":[$appl_list_text],\"records\":[$(
    appl_records "$APPL_HOME"/*/records/image.*.json "$APPL_HOME"/*/records/appliance.*.json)]}"
}

# appl_image_describe FOLDER: one image as JSON. A layer that several images share counts in each.
appl_image_describe() {
  set -- "$1" $(cat "$1/layers")
  appl_folder=$1
  shift
  appl_bytes=$(for appl_tree in "$@"; do cat "${appl_tree%/tree}/bytes"; done | awk '{ sum += $1 } END { printf "%.0f", sum }')
  printf '{"key":"%s","size_bytes":%s,"used_ms":%s,"layers":%s,"packages":%s}' "${appl_folder##*/}" "$appl_bytes" \
    "$(($(stat -c %Y "$appl_folder/used") * 1000))" "$(sed 's#/tree$##; s#.*/##' "$appl_folder/layers" | appl_lines)" \
    "$(cut -d ' ' -f 1,2 "$appl_folder/packages" | appl_lines)"
}

# appl_image_collect BEFORE_MS KEY...: removes the images that are not among these and were not used since, then the layers and kernels
# that no image has, the packages that were fetched for them, and what killed builds left. Answers with the names and bytes removed.
appl_image_collect() {
  appl_before=$1
  shift
  [ -d "$appl_images" ] || { appl_leave_host; appl_answer '{"removed":[],"freed_bytes":0}'; return; }
  exec 8>>"$appl_images/lock"
  flock 8
  mkdir -p "$appl_images/work"
  appl_size=$(du -sk "$appl_images" | cut -f 1)
  appl_removed=$(
    for appl_folder in "$appl_images/built"/*; do
      [ -d "$appl_folder" ] || continue
      case " $* " in *" ${appl_folder##*/} "*) continue ;; esac
      # A build that ended after the caller has read the records is not in them yet.
      [ "$(($(stat -c %Y "$appl_folder/used") * 1000))" -lt "$appl_before" ] || continue
      echo "${appl_folder##*/}"
      rm -rf "$appl_folder"
    done | appl_lines
  )
  cat "$appl_images/built"/*/layers "$appl_images/built"/*/kernel 2>/dev/null | sed 's#/tree$##' | sort -u >"$appl_images/kept" || :
  for appl_folder in "$appl_images/layers"/* "$appl_images/kernels"/*; do
    [ -d "$appl_folder" ] && ! grep -qxF "$appl_folder" "$appl_images/kept" || continue
    # The name goes first: nobody finds half a layer.
    mv "$appl_folder" "$appl_images/work/removed.${appl_folder##*/}"
  done
  rm -rf --one-file-system "$appl_images/kept" "$appl_images/debs" "$appl_images/work"
  rmdir "$appl_images/layers" "$appl_images/kernels" "$appl_images/built" 2>/dev/null || :
  if [ ! -d "$appl_images/built" ]; then rm -rf --one-file-system "$appl_images"; appl_left=0
  else appl_left=$(du -sk "$appl_images" | cut -f 1); fi
  appl_leave_host
  appl_answer "{\"removed\":$appl_removed,\"freed_bytes\":$(((appl_size - appl_left) * 1024))}"
}
