local server = import 'model.libsonnet';
[
  // EACH
  server(name='web-INDEX', network='lan', site='www.many.test', title='Server INDEX', tier='gold'),
  // END
]
