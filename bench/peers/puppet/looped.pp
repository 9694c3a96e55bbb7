Integer[1, COUNT].each |$i| {
  server { "web-${i}":
    network    => 'lan',
    site       => 'www.many.test',
    title_text => "Server ${i}",
    tier       => 'gold',
  }
}
