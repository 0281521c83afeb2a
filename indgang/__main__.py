from indgang.config.cli import main

main()
