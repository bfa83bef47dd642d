// ScanFiles
