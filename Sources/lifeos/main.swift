import CLI

LifeOS.application.runAndExit()
