import ArgumentParser
import Foundation
import IlkService

struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load files into a collection without a daemon.",
        discussion: """
            As `ilk load`, but in this process: for making a data folder that a daemon is to be given. No daemon may have \
            the folder meanwhile.

              ilk build images train-images-idx3-ubyte.gz --data ./vectors \\
                  --create --metric l2
              ilk serve --data ./vectors
            """)

    @OptionGroup var options: LoadOptions
    @Option(help: ArgumentHelp("The data folder (default: \(Places.dataChoice)).", valueName: "folder"))
    var data: String?
    @OptionGroup var memory: MemoryOption
    @Option(
        help: ArgumentHelp("The folder of embedding models (default: \(Places.modelsChoice)).", valueName: "folder"))
    var models: String?

    func run() async throws {
        let folder = Places.absolute(data ?? Places.data)
        var serviceOptions = ServiceOptions(cores: ProcessInfo.processInfo.activeProcessorCount)
        serviceOptions.memoryLimit = memory.limit?.bytes
        serviceOptions.modelStore = models.map(Places.absolute)
        let engine = try Engine(dataFolder: folder, options: serviceOptions)
        let sink = EngineSink(engine: engine)
        do {
            try await LoadRun(options: options, sink: sink, target: folder).run()
        } catch {
            await sink.stop()
            throw error
        }
        await sink.stop()
    }
}
