import ArgumentParser

struct Eval: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Measure a live collection, recommendations on people's behaviour, or a simulated distribution of venues.",
        discussion: """
              ilk eval recall images --queries t10k-images-idx3-ubyte.gz --ef 10,20,40,80
              ilk eval match purchases.csv --threads 2
              ilk eval distribute --requests 100000
              ilk eval policy shown.ndjson
            """,
        subcommands: [EvalRecall.self, EvalMatch.self, EvalDistribute.self, EvalPolicy.self])
}
