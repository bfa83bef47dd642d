/// The version of the program, stated by `--version` and in every record.
public enum ProgramVersion {
  public static let current = "0.1.0"
}
