local server = import 'model.libsonnet';
[
  server(name='web-' + i, network='lan', site='www.many.test', title='Server ' + i, tier='gold')
  for i in std.range(1, COUNT)
]
