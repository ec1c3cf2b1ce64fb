package io.github.keywharf.sharing.usage;

import java.util.Map;
import java.util.stream.Collectors;

/** Names of events, by what the activity of the same events was called in usage that an older version wrote. */
final class FormerNames {

    private static final Map<String, String> CURRENT = """
            BatchEvent.FileChanged.received batch.file.deferred
            BatchEvent.FileChanged.done batch.file.ingested
            BatchEvent.FileChanged.failed batch.file.failed
            BatchEvent.FileChanged.refused batch.file.refused
            BatchEvent.FileChanged.duplicate batch.file.duplicate
            BatchEvent.TenantTrouble batch.tenant.trouble
            CassandraEvent.ServerWarned cassandra.server.warned
            CassandraEvent.StatementRepeated cassandra.statement.repeated
            CassandraLoadEvent.Throttled cassandra.load.throttled
            CassandraLoadEvent.OutageBegan cassandra.load.outage_began
            CassandraLoadEvent.OutageEnded cassandra.load.outage_ended
            CassandraLoadEvent.RowsSentAgain cassandra.load.rows_resent
            CassandraLoadEvent.Resumed cassandra.load.resumed
            CassandraLoadEvent.Finished cassandra.load.finished
            UnloadEvent.Delayed cassandra.unload.delayed
            UnloadEvent.Continued cassandra.unload.continued
            UnloadEvent.Resumed cassandra.unload.resumed
            UnloadEvent.ColumnsAdded cassandra.unload.columns_added
            UnloadEvent.Finished cassandra.unload.finished
            PipelineEvent.StepFinished.extract totesys.extract.finished
            PipelineEvent.StepFinished.transform totesys.transform.finished
            PipelineEvent.StepFinished.load totesys.load.finished
            PipelineEvent.StepFailed totesys.step.failed
            PipelineEvent.TableStopped totesys.table.stopped
            PipelineEvent.RowsRejected totesys.rows.rejected
            PipelineEvent.LagExceeded totesys.lag.exceeded
            PipelineEvent.FeedLost totesys.feed.lost
            PipelineEvent.RunSkipped totesys.run.skipped
            SharingEvent.TableRead sharing.table.read
            TenantEvent.ProfileIssued sharing.profile.issued
            TenantEvent.Revoked sharing.tenant.revoked
            TenantEvent.Failed sharing.tenant.unfinished
            TenantEvent.ProfileRead sharing.profile.read
            FlowEvent.Succeeded aws.flow.succeeded""".lines()
            .map(line -> line.split(" "))
            .collect(Collectors.toUnmodifiableMap(names -> names[0], names -> names[1]));

    private FormerNames() {}

    /** The name under which a stored activity is counted now: its own, unless it is a former one. */
    static String current(String activity) {
        return CURRENT.getOrDefault(activity, activity);
    }

    /** The same for a text of a column, which may be another than that of activities. */
    static String current(String column, String text) {
        return column.equals(UsageLog.ACTIVITY) ? current(text) : text;
    }

    /** The same as an SQL expression over a column. No name has a quote. */
    static String sql(String column) {
        return CURRENT.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(names -> " WHEN '" + names.getKey() + "' THEN '" + names.getValue() + "'")
                .collect(Collectors.joining("", "CASE " + column, " ELSE " + column + " END"));
    }
}
