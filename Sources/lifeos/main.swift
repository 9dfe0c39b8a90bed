import CLI
import Postgres

// Before there is a second thread that might read the environment.
_ = LibpqEnvironment.removed
LifeOS.application.runAndExit()
