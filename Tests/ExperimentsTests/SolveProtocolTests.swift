import Reconstruction
import Testing

@testable import Experiments

@Suite struct SolveProtocolTests {
  static let head = """
    version: 1
    name: some
    images: {file: stack.h5, split: test, slices: 0-1}

    """

  static func read(_ text: String) throws -> SolveProtocol {
    try SolveProtocol(text: head + text, file: "/data/p.yaml")
  }

  @Test func tasksAreTakenAtEveryLevelNoiseAndSeed() throws {
    let plan = try Self.read(
      """
      seeds: [1, 2]
      tasks:
        - {task: denoise}
        - {task: inpaint, keep: [0.1, 0.3], noise: [0, 0.02]}
        - {task: inpaint, boxes: 3, box_side: 5}
        - {task: superres, factor: [2, 4], downsampling: average}
        - {task: deblur, sigma: 1.5, noise: 0.01}
        - {task: cs, matrix: [gaussian, hadamard], keep: 0.2}
      methods:
        - {name: tv}
        - {name: adjoint}
        - {name: ilo, label: slow, settings: {rounds: 3}}
      """)
    #expect(plan.images == "/data/stack.h5" && plan.split == "test" && plan.slices == "0-1")
    #expect(plan.conditions.count == 2 * (1 + 4 + 1 + 2 + 1 + 2))
    #expect(plan.conditions[0].noise == 0.1 && plan.conditions[0].seed == 1)
    #expect(plan.conditions[1].seed == 2)
    #expect(plan.conditions[2].task == .inpaint(.random(share: 0.1)))
    #expect(plan.conditions[4].noise == 0.02)
    #expect(plan.conditions[10].task == .inpaint(.boxes(3, side: 5)))
    #expect(plan.conditions[12].task == .superres(.average, factor: 2))
    #expect(plan.conditions.last?.task == .cs(.hadamard, share: 0.2))
    #expect(plan.methods.map(\.label) == ["tv", "adjoint", "slow"])
    // `adjoint` does not suit super-resolution.
    let suits = zip(plan.conditions, plan.methods[1].settings).map { condition, settings in
      (settings != nil) == (condition.task.name != "superres")
    }
    #expect(suits.allSatisfy { $0 })
    let settings = try plan.methods[2].settings.map {
      try #require($0).decoded(as: ILOSettings.self)
    }
    #expect(settings.allSatisfy { $0.rounds == 3 })
    // Compressed sensing has a default of its own.
    #expect(settings[0].encoderRounds == ILOSettings().encoderRounds)
    #expect(settings.last?.encoderRounds == 24)
  }

  @Test(arguments: [
    ("tasks: [{task: denoise}]\nmethods: [{name: tw}]", "no such method"),
    ("tasks: [{task: paint}]\nmethods: [{name: tv}]", "choose from denoise"),
    ("tasks: [{task: inpaint}]\nmethods: [{name: tv}]", "lacks the key 'keep'"),
    ("tasks: [{task: inpaint, keep: 2}]\nmethods: [{name: tv}]", "out of range"),
    ("tasks: [{task: deblur, sigma: 1, keep: 1}]\nmethods: [{name: tv}]", "unknown key"),
    ("tasks: []\nmethods: [{name: tv}]", "must not be empty"),
    ("tasks: [{task: denoise}, {task: denoise}]\nmethods: [{name: tv}]", "twice"),
    ("tasks: [{task: denoise}]\nmethods: [{name: tv}, {name: tv}]", "of another method"),
    ("tasks: [{task: superres, factor: 2}]\nmethods: [{name: adjoint}]", "none of the tasks"),
    (
      "tasks: [{task: cs, keep: 0.1, noise_model: rician}]\nmethods: [{name: tv}]", "Rician noise"
    ),
    ("tasks: [{task: denoise}]\nmethods: [{name: ilo, settings: {stages: 3}}]", "must be a list"),
  ])
  func faultsHaveTheirLine(text: String, words: String) {
    let error = #expect(throws: ExperimentError.self) { try Self.read(text) }
    let said = error.map { "\($0)" } ?? ""
    #expect(said.contains(words) && said.contains("/data/p.yaml:"), "\(said)")
  }

  @Test func theProgramsProtocolsCanBeRead() throws {
    let location = ProtocolLocation(folder: "protocols/solve")
    for name in location.names {
      let plan = try SolveProtocol(contentsOf: try location.file(name))
      #expect(plan.name == name && !plan.conditions.isEmpty)
    }
  }
}
