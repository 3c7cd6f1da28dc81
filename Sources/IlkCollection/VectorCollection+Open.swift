import Foundation
import IlkANN
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// Makes a new, empty collection in a folder that is not there yet.
    ///
    /// - Throws: `invalid_request` for a schema that cannot be, `internal` where the folder cannot be written.
    package static func create(
        name: String, folder: String, schema: CollectionSchema, options: CollectionOptions
    ) throws(IlkError) -> VectorCollection {
        try schema.validate()
        let seed = options.seed ?? UInt64.random(in: .min ... .max)
        var indexes: [VectorIndex] = []
        for field in schema.vectors { indexes.append(try CollectionContent.emptyIndex(of: field, seed: seed)) }
        // The folder appears under its name only when it is whole.
        let building = folder + ".new"
        do {
            try? FileManager.default.removeItem(atPath: building)
            try FileManager.default.createDirectory(atPath: building, withIntermediateDirectories: true)
        } catch {
            throw IlkError(
                .internal, "could not create \(building): \(error.localizedDescription); check the data folder")
        }
        do {
            let path = CollectionContent.databasePath(folder: building)
            try RecordStore.create(at: path, schema: schema, seed: seed).close()
            try FileManager.default.moveItem(atPath: building, toPath: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: building)
            if let error = error as? IlkError { throw error }
            throw IlkError(
                .internal, "could not create \(folder): \(error.localizedDescription); check the data folder")
        }
        let collection = VectorCollection(
            name: name, folder: folder, options: options, state: .loading(done: 0, total: 0))
        collection.load()
        return collection
    }

    /// Opens a collection: returns at once, and loads on a thread of its own.
    ///
    /// A damaged or missing checkpoint makes it `degraded` until the graph is rebuilt; a damaged SQLite file makes it
    /// `quarantined`. Neither throws, so one bad collection never stops the daemon.
    package static func open(name: String, folder: String, options: CollectionOptions) -> VectorCollection {
        let collection = VectorCollection(
            name: name, folder: folder, options: options, state: .loading(done: 0, total: 0))
        let thread = Thread { collection.load() }
        thread.name = "ilk-load"
        thread.start()
        return collection
    }

    private func load() {
        do throws(IlkError) {
            let loading = try CollectionLoading(folder: folder, now: options.now) { done, total in
                self.setState(.loading(done: done, total: total))
            }
            let state: CollectionState = loading.degradation.map { .degraded(reason: $0) } ?? .ready
            let writer = Writer(
                content: loading.content, sequence: loading.writerState.sequence, options: options
            ) { event in
                switch event {
                case .state(let state): self.setState(state)
                case .issue: self.options.observe(self.name, event)
                }
            }
            // First the state, then the thread: it may be ready before this one gets to its next line.
            finishLoading(state, writer: writer)
            writer.start(at: loading.writerState)
            startFeed(of: writer)
        } catch {
            finishLoading(.quarantined(reason: error.message), writer: nil)
        }
    }
}

extension VectorCollection {
    /// Has texts embedded that wait, from before the start and from now on.
    private func startFeed(of writer: Writer) {
        let feed = writer.content.feed
        feed.start(
            embed: { [embedder = options.embedder] rows, lane in
                do throws(IlkError) { return .success(try writer.content.embed(rows, lane: lane, embedder)) } catch {
                    return .failure(error)
                }
            },
            submit: { fills in
                writer.submit(.fill(fills)) { result in
                    // Refused for now, or for good if the collection closes: then the next start brings them again.
                    if case .failure = result { feed.begin(Array(Set(fills.map(\.ordinal))), completion: nil) }
                }
            })
    }
}
