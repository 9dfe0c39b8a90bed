internal import CLibpq

extension Session {
    /// What was sent in a pipeline, in the order of the answers.
    private enum Step {
        case prepare(StatementCache.Statement, SQL, QueryName)
        case execute(QueryName)

        var query: QueryName {
            switch self {
            case .prepare(_, _, let query), .execute(let query): query
            }
        }
    }

    /// Runs statements in pipeline mode: all are sent before any answer is waited for.
    func run(_ batch: Batch) throws(PostgresError) -> [Rows] {
        if batch.statements.isEmpty { return [] }
        guard batch.statements.count <= configuration.batchStatementsMax else {
            throw PostgresError(
                .usage,
                "a batch of \(batch.statements.count) statements; \(configuration.batchStatementsMax) are allowed",
                hint: "split it, or pass arrays and unnest them"
            ).named(batch.name)
        }
        return try exchange(batch.name, rows: { _ in 0 }) { () throws(PostgresError) in
            let connection = try unsafe live()
            guard unsafe PQenterPipelineMode(connection) == 1 else { throw lost() }
            var dropped: [String] = []
            let answers: [Rows]
            do throws(PostgresError) {
                let steps = try unsafe sendAll(batch, connection)
                answers = try receiveAll(steps, &dropped)
            } catch {
                if isUsable { try unsafe leavePipeline(connection) }
                // Whatever changed under one of them may have changed under the others, so all are prepared again.
                if error.isStatementStale { dropped += statements.removeAll() }
                drop(dropped)
                throw error
            }
            try unsafe leavePipeline(connection)
            drop(dropped)
            return answers
        }
    }

    private func sendAll(_ batch: Batch, _ connection: OpaquePointer) throws(PostgresError) -> [Step] {
        var steps: [Step] = []
        steps.reserveCapacity(batch.statements.count + 4)
        var preparing: [String: StatementCache.Statement] = [:]
        for (index, statement) in batch.statements.enumerated() {
            let sql = statement.sql
            if let known = statements.find(sql) ?? preparing[sql.text], sql.parameters.hasTypes(known.types) {
                try sendPrepared(known.name, sql)
            } else {
                let fresh = statements.newStatement(sql)
                try sendPrepare(fresh, sql)
                steps.append(.prepare(fresh, sql, statement.name))
                preparing[sql.text] = fresh
                try sendPrepared(fresh.name, sql)
            }
            steps.append(.execute(statement.name))
            // Keeps libpq's buffers small where statements are large.
            if index & 63 == 63 { try flush() }
        }
        guard unsafe PQpipelineSync(connection) == 1 else { throw lost() }
        try flush()
        return steps
    }

    private func receiveAll(_ steps: [Step], _ dropped: inout [String]) throws(PostgresError) -> [Rows] {
        var answers: [Rows] = []
        answers.reserveCapacity(steps.count)
        var firstFailure: PostgresError?
        for step in steps {
            guard let rows = try nextResult() else { throw lost() }
            switch (rows.status, step) {
            case (PGRES_PIPELINE_ABORTED, _): break
            case (PGRES_COMMAND_OK, .prepare(let fresh, let sql, _)): dropped += statements.insert(sql, fresh)
            case (PGRES_COMMAND_OK, .execute(let name)), (PGRES_TUPLES_OK, .execute(let name)),
                (PGRES_EMPTY_QUERY, .execute(let name)):
                answers.append(rows)
                series(of: name).add(rows: rows.affected)
            case (PGRES_COPY_IN, _), (PGRES_COPY_OUT, _), (PGRES_COPY_BOTH, _):
                let error = PostgresError(.usage, "a COPY cannot run in a batch", hint: "use copyIn or copyOut")
                close(because: error)
                throw error
            default:
                let failure = noted(self.failure(in: rows)).named(step.query)
                if failure.isConnectionLost { throw failure }
                firstFailure = firstFailure ?? failure
            }
            guard try nextResult() == nil else { throw lost() }
        }
        guard let sync = try nextResult(), sync.status == PGRES_PIPELINE_SYNC else { throw lost() }
        if let firstFailure { throw firstFailure }
        return answers
    }

    private func leavePipeline(_ connection: OpaquePointer) throws(PostgresError) {
        guard unsafe PQexitPipelineMode(connection) == 1 else {
            // Something is left unread: whatever is sent next would get the wrong answer.
            let error = PostgresError(.connectionLost, "a batch ended out of step", hint: "try again")
            close(because: error)
            throw error
        }
    }
}
