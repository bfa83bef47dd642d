@testable import Reporting
