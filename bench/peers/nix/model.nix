# Nix has no types of its own, and its module system is part of nixpkgs, which Debian's nix-bin brings not along: so these are checks by hand.
let
  inherit (builtins) all elem isBool isFloat isInt isList isString length match stringLength toString;
  hostname = text: isString text && match "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?" text != null;
  between = least: most: number: isInt number && number >= least && number <= most;
  texts = list: isList list && all isString list;
  path = text: isString text && match "/.*" text != null;
  mib = 1048576;
in
{ name, network, site, title ? "Welcome to ${site}", workers ? 2, tier ? "silver", owner ? "operations", cache ? 16 * mib
, timeout ? 5, retries ? 3, admins ? [ "root" ], forms ? [ "container" "microvm" ], cpus ? 0.5, memory ? 64 * mib
, disk ? 1024 * mib, spread ? false, image ? "bookworm", packages ? [ "nginx-light" ]
, files ? {
    "/etc/server.conf" = "workers ${toString workers}\ncache ${toString cache}\ntimeout ${toString timeout}\n";
    "/srv/www/index.html" = "<h1>${title}</h1>\n<p>${name}, ${tier}</p>\n";
  }
, env ? { SITE = site; TIER = tier; OWNER = owner; }
, start ? [ "nginx" "-g" "daemon off;" ], reload ? [ "nginx" "-s" "reload" ], user ? "www-data"
, volumes ? { data = { path = "/var/lib/data"; size = 1024 * mib; }; }
, limits ? { processes = 256; network = 100000000; }
, restart ? "always", tags ? [ "web" owner ], check ? { path = "/"; status = 200; }
}:
assert hostname name && hostname site && isString network;
assert isString title && between 1 80 (stringLength title);
assert between 1 64 workers && elem tier [ "gold" "silver" "bronze" ];
assert match "[a-z]+" owner != null && between mib (1024 * mib) cache && between 1 60 timeout && between 0 10 retries;
assert texts admins && between 1 5 (length admins);
assert all (form: elem form [ "container" "microvm" "vm" ]) forms;
assert (isFloat cpus || isInt cpus) && isInt memory && isInt disk && isBool spread && isString image && texts packages;
assert all path (builtins.attrNames files) && all isString (builtins.attrValues files);
assert all isString (builtins.attrValues env) && texts start && start != [ ] && texts reload && isString user;
assert all (volume: path volume.path && isInt volume.size) (builtins.attrValues volumes);
assert between 1 100000 limits.processes && isInt limits.network;
assert elem restart [ "no" "always" ] && texts tags && path check.path && between 100 599 check.status;
{
  inherit name network site title workers tier owner cache timeout retries admins forms cpus memory disk spread image
    packages files env start reload user volumes limits restart tags check;
}
