// Jsonnet has no types and no patterns: these are its assertions. As assertions of the object itself they would take thirty times as long.
// std.all came after the version that Debian has.
local all(list) = std.length([0 for one in list if !one]) == 0;
local between(least, most, number) = std.isNumber(number) && number >= least && number <= most;
local texts(list) = std.isArray(list) && all([std.isString(one) for one in list]);
local path(text) = std.isString(text) && text[0] == '/';
local hostname(text) = std.isString(text) && between(1, 253, std.length(text));
local mib = 1048576;

function(
  name,
  network,
  site,
  title='Welcome to ' + site,
  workers=2,
  tier='silver',
  owner='operations',
  cache=16 * mib,
  timeout=5,
  retries=3,
  admins=['root'],
  forms=['container', 'microvm'],
  cpus=0.5,
  memory=64 * mib,
  disk=1024 * mib,
  spread=false,
  image='bookworm',
  packages=['nginx-light'],
  files={
    '/etc/server.conf': 'workers ' + workers + '\ncache ' + cache + '\ntimeout ' + timeout + '\n',
    '/srv/www/index.html': '<h1>' + title + '</h1>\n<p>' + name + ', ' + tier + '</p>\n',
  },
  env={ SITE: site, TIER: tier, OWNER: owner },
  start=['nginx', '-g', 'daemon off;'],
  reload=['nginx', '-s', 'reload'],
  user='www-data',
  volumes={ data: { path: '/var/lib/data', size: 1024 * mib } },
  limits={ processes: 256, network: 100000000 },
  restart='always',
  tags=['web', owner],
  check={ path: '/', status: 200 },
)
  assert hostname(name) && hostname(site) && std.isString(network);
  assert std.isString(title) && between(1, 80, std.length(title));
  assert between(1, 64, workers) && (tier == 'gold' || tier == 'silver' || tier == 'bronze');
  assert std.isString(owner) && between(mib, 1024 * mib, cache) && between(1, 60, timeout) && between(0, 10, retries);
  assert texts(admins) && between(1, 5, std.length(admins));
  assert all([form == 'container' || form == 'microvm' || form == 'vm' for form in forms]);
  assert std.isNumber(cpus) && std.isNumber(memory) && std.isNumber(disk) && std.isBoolean(spread);
  assert std.isString(image) && texts(packages) && texts(start) && texts(reload) && texts(tags);
  assert all([path(file) for file in std.objectFields(files)]) && std.isString(user);
  assert all([path(volumes[volume].path) for volume in std.objectFields(volumes)]);
  assert between(1, 100000, limits.processes) && (restart == 'no' || restart == 'always');
  assert path(check.path) && between(100, 599, check.status);
  {
    name: name,
    network: network,
    site: site,
    title: title,
    workers: workers,
    tier: tier,
    owner: owner,
    cache: cache,
    timeout: timeout,
    retries: retries,
    admins: admins,
    forms: forms,
    cpus: cpus,
    memory: memory,
    disk: disk,
    spread: spread,
    image: image,
    packages: packages,
    files: files,
    env: env,
    start: start,
    reload: reload,
    user: user,
    volumes: volumes,
    limits: limits,
    restart: restart,
    tags: tags,
    check: check,
  }
