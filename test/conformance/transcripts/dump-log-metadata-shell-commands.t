What the commands of kafka-metadata-shell.sh say of themselves and of a wrong line, asked over a pipe: the prompt stands
there as at a terminal.
#nobroker
#timeout 120

  $ cp -r $FIXTURES/datadir/__cluster_metadata-0 .
  $ printf 'help\nman ls\nman exit\nman history\npwd\npwd x\ncd a b\nhistory x\nls -l\ncat -h\nman\nman nope\nnonsense\nhelp ls\nhistory 2\nexit now\nexit\n' | kafka-metadata-shell.sh --snapshot __cluster_metadata-0/00000000000000000151-0000000001.checkpoint
  Loading...
  Starting...
  [ Kafka Metadata Shell ]
  >> Welcome to the Apache Kafka metadata shell.
  
  usage:  {cat,cd,exit,find,help,history,ls,man,pwd,tree} ...
  
  positional arguments:
    {cat,cd,exit,find,help,history,ls,man,pwd,tree}
      cat                  Show the contents of metadata files.
      cd                   Set the current working directory.
      exit                 Exit the metadata shell.
      find                 Search for nodes in the directory hierarchy.
      help                 Display this help message.
      history              Print command history.
      ls                   List metadata nodes.
      man                  Show the help text for a specific command.
      pwd                  Print the current working directory.
      tree                 Show the contents  of  metadata  nodes  in  a tree
                           structure.
  >> ls: List metadata nodes.
  
  usage: ls [targets [targets ...]]
  
  positional arguments:
    targets                The metadata node paths to list.
  >> exit: Exit the metadata shell.
  
  usage: exit
  >> history: Print command history.
  
  usage: history [numEntriesToShow]
  
  positional arguments:
    numEntriesToShow       The number of entries to show.
  >> /
  >> unrecognized arguments: 'x'
  >> unrecognized arguments: 'b'
  >> argument numEntriesToShow: could not convert 'x' to Integer (For input string: "x")
  >> unrecognized arguments: '-l'
  >> usage:  cat [-h] targets [targets ...]
  
  positional arguments:
    targets                The metadata files to display.
  
  optional arguments:
    -h, --help             show this help message and exit
  >> too few arguments
  >> man: unknown command nope. Type help to get a list of commands.
  >> invalid choice: 'nonsense' (choose from 'cat', 'cd', 'exit', 'find', 'help', 'history', 'ls', 'man', 'pwd', 'tree')
  >> unrecognized arguments: 'ls'
  >>    13  help ls
     14  history 2
  >> unrecognized arguments: 'now'
  >> 
  (no newline)
  (stderr)
