let server = import ./model.nix;
in builtins.genList (index: server {
  name = "web-${toString (index + 1)}";
  network = "lan";
  site = "www.many.test";
  title = "Server ${toString (index + 1)}";
  tier = "gold";
}) COUNT
