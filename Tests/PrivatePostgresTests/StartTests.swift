import PrivatePostgres
import TestSupport
import Testing
