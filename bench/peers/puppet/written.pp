# EACH
server { 'web-INDEX': network => 'lan', site => 'www.many.test', title_text => 'Server INDEX', tier => 'gold' }
# END
