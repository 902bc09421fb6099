package io.streamkeeper.server.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the server, each with its only description. Names, units and types follow the conventions of
 * Prometheus.
 *
 * <p>A metric that loops count has places in the array of {@link LoopCounters}: one for each series, or for a histogram
 * one for each classic bucket, one for the sum, and one for each exponential bucket. The other metrics are read when a
 * snapshot is created.
 */
@SuppressWarnings("ImmutableEnumChecker") // lists that never change
public enum Metric {
    /** Requests by operation and outcome. */
    HTTP_REQUESTS(
            "streamkeeper_http_requests_total",
            Type.COUNTER,
            "Requests that were answered. The code is empty where the request was not refused.",
            List.of("operation", "status", "code"),
            Series.requests()),
    /** Durations of requests. */
    HTTP_REQUEST_SECONDS(
            "streamkeeper_http_request_seconds",
            "Time from the arrival of a whole request to the beginning of its response.",
            List.of("operation"),
            Series.operations(),
            Buckets.of(10_000, 10_000_000_000L, 1e-9)),
    /** Bytes that connections received. */
    HTTP_RECEIVED_BYTES("streamkeeper_http_received_bytes_total", Type.COUNTER, "Bytes received from clients."),
    /** Bytes that connections sent. */
    HTTP_SENT_BYTES("streamkeeper_http_sent_bytes_total", Type.COUNTER, "Bytes written to clients."),
    /** Connections that are open. */
    CONNECTIONS(
            "streamkeeper_connections",
            Type.GAUGE,
            "Open connections.",
            List.of("listener"),
            Series.of("public", "administrative")),
    /** Connections that were opened. */
    CONNECTIONS_OPENED(
            "streamkeeper_connections_opened_total",
            Type.COUNTER,
            "Connections that were taken.",
            List.of("listener"),
            Series.of("public", "administrative")),
    /** Connections that have changed their loop. */
    CONNECTIONS_MOVED(
            "streamkeeper_connections_moved_total",
            Type.COUNTER,
            "Connections that moved to a loop for readers, because they read long answers, or back."),
    /** Connections that were closed when they arrived. */
    CONNECTIONS_REFUSED(
            "streamkeeper_connections_refused_total",
            Type.COUNTER,
            "Connections that were closed as they came, because as many as allowed were open.",
            List.of("listener"),
            Series.of("public", "administrative")),
    /** Lines of logs of requests that were dropped. */
    LOG_LINES_DROPPED(
            "streamkeeper_log_lines_dropped_total",
            Type.COUNTER,
            "Lines of the access log and of the audit log that were dropped, because they came faster than they can be"
                    + " written.",
            List.of("log"),
            Series.of("access", "audit")),
    /** Readers that wait for the next append, or follow a listing. */
    WAITERS(
            "streamkeeper_waiters",
            Type.GAUGE,
            "Readers that wait at the tail of a stream, or follow a listing.",
            List.of("kind"),
            Series.of("long_poll", "sse", "listing")),
    /** Open event streams. */
    EVENT_STREAMS(
            "streamkeeper_event_streams",
            Type.GAUGE,
            "Event streams that are open, also those whose readers are behind the tail, or follow many streams."),
    /** How late the loops are. */
    LOOP_DELAY_SECONDS(
            "streamkeeper_loop_delay_seconds",
            Type.HISTOGRAM,
            "Time by which an event loop began its periodic work late, ten times a second for each shard: while it does"
                    + " something else, its clients wait as long.",
            Buckets.of(100_000, 10_000_000_000L, 1e-9)),
    /** Writes that wait for room in the journal. */
    PARKED_WRITES("streamkeeper_parked_writes", Type.GAUGE, "Writes that wait because the journal's backlog is long."),
    /** Appends that were already stored. */
    APPEND_DUPLICATES(
            "streamkeeper_append_duplicates_total",
            Type.COUNTER,
            "Appends that the server recognised as duplicates of earlier ones of their producers."),
    /** Records of each group commit. */
    BATCH_RECORDS(
            "streamkeeper_journal_batch_records",
            Type.HISTOGRAM,
            "Records that one group commit made durable.",
            Buckets.of(1, 10_000, 1)),
    /** Bytes of each group commit. */
    BATCH_BYTES(
            "streamkeeper_journal_batch_bytes",
            Type.HISTOGRAM,
            "Bytes that one group commit wrote.",
            Buckets.of(100, 10_000_000, 1)),
    /** How long syncs of the journal took. */
    SYNC_SECONDS(
            "streamkeeper_journal_sync_seconds",
            Type.HISTOGRAM,
            "Time in which one group commit was synced.",
            Buckets.of(10_000, 10_000_000_000L, 1e-9)),
    /** Group commits that were refused. */
    BATCHES_REFUSED(
            "streamkeeper_journal_batches_refused_total",
            Type.COUNTER,
            "Group commits that the disk refused, as a full one does, and that were undone."),
    /** Journals that have failed. */
    JOURNAL_FAILURES(
            "streamkeeper_journal_failures_total",
            Type.COUNTER,
            "Journals that acknowledge nothing more, because a sync failed or the data directory was lost."),
    /** Checkpoints and their durations. */
    CHECKPOINT_SECONDS(
            "streamkeeper_checkpoint_seconds",
            Type.HISTOGRAM,
            "Time in which one checkpoint was written.",
            Buckets.of(1_000_000, 100_000_000_000L, 1e-9)),
    /** Bytes that checkpoints wrote. */
    CHECKPOINT_BYTES("streamkeeper_checkpoint_bytes_total", Type.COUNTER, "Bytes that checkpoints wrote."),
    /** Compactions and their durations. */
    COMPACTION_SECONDS(
            "streamkeeper_compaction_seconds",
            Type.HISTOGRAM,
            "Time in which one compaction was written.",
            Buckets.of(1_000_000, 100_000_000_000L, 1e-9)),
    /** Bytes that compactions wrote. */
    COMPACTION_BYTES("streamkeeper_compaction_bytes_total", Type.COUNTER, "Bytes that compactions wrote."),
    /** Checkpoints and compactions that were abandoned. */
    JOBS_ABANDONED(
            "streamkeeper_jobs_abandoned_total",
            Type.COUNTER,
            "Checkpoints and compactions that were abandoned and are tried again.",
            List.of("kind"),
            Series.of("checkpoint", "compaction")),
    /** Memory of records that no checkpoint has written, or that readers hold. */
    BACKLOG_BYTES(
            "streamkeeper_journal_backlog_bytes",
            "Memory of records that no checkpoint has reached, or that readers hold.",
            List.of()),
    /** Shards that acknowledge nothing. */
    SHARDS_FAILED(
            "streamkeeper_shards_failed", "Shards that acknowledge nothing until the server restarts.", List.of()),
    /** Webhooks that were sent, by their results. */
    WEBHOOK_DELIVERIES(
            "streamkeeper_webhook_deliveries_total",
            Type.COUNTER,
            "Webhooks that were sent: done in the answer, accepted for later, or failed.",
            List.of("result"),
            Series.of("done", "accepted", "failed")),
    /** Webhooks whose answer is awaited. */
    WEBHOOKS_IN_FLIGHT(
            "streamkeeper_webhooks_in_flight", "Webhooks that are being sent, or whose answer is awaited.", List.of()),
    /** Wakes that are tried again. */
    SUBSCRIPTION_RETRIES(
            "streamkeeper_subscription_retries_total",
            Type.COUNTER,
            "Wakes that were scheduled again: a webhook failed, the lease of one ended before the worker was done, or a"
                    + " wake stream did not accept the message.",
            List.of("reason"),
            Series.of("webhook", "lease", "wake_stream")),
    /** Subscriptions. */
    SUBSCRIPTIONS(
            "streamkeeper_subscriptions",
            "Subscriptions by what they do: nothing, want a worker, have one, or try again later.",
            List.of("kind", "state")),
    /** Links of subscriptions. */
    SUBSCRIPTION_LINKS("streamkeeper_subscription_links", "Streams that subscriptions are linked with.", List.of()),
    /** Leases that workers hold. */
    SUBSCRIPTION_LEASES("streamkeeper_subscription_leases", "Leases of subscriptions that are held.", List.of()),
    /** Subscriptions that fail. */
    SUBSCRIPTIONS_FAILING(
            "streamkeeper_subscriptions_failing",
            "Subscriptions whose last attempt to wake a worker has failed.",
            List.of()),
    /** Subscriptions without all their links. */
    SUBSCRIPTIONS_LACKING_ROOM(
            "streamkeeper_subscriptions_lacking_room",
            "Subscriptions that do not follow all their streams, because there are as many links as allowed.",
            List.of()),
    /** Links with work. */
    SUBSCRIPTION_PENDING_LINKS(
            "streamkeeper_subscription_pending_links", "Links with data that is not acknowledged.", List.of()),
    /** The length of work. */
    SUBSCRIPTION_PENDING_BYTES(
            "streamkeeper_subscription_pending_bytes",
            "Data that is not acknowledged. The ends of streams are looked at about every ten seconds.",
            List.of()),
    /** The age of work. */
    SUBSCRIPTION_PENDING_SECONDS(
            "streamkeeper_subscription_pending_seconds",
            "Time for which the link that is behind longest has had data that is not acknowledged; since the start at"
                    + " most.",
            List.of()),
    /** The age of wakes without a worker. */
    SUBSCRIPTION_UNCLAIMED_SECONDS(
            "streamkeeper_subscription_unclaimed_seconds",
            "Time for which the oldest wake of a pull-wake subscription has waited for a worker to claim it.",
            List.of()),
    /** Webhooks that wait. */
    WEBHOOKS_WAITING(
            "streamkeeper_webhooks_waiting", "Webhooks that wait because as many as allowed are under way.", List.of()),
    /** Streams. */
    STREAMS("streamkeeper_streams", "Streams, including deleted ones that forks keep.", List.of()),
    /** Streams that accept no appends. */
    STREAMS_CLOSED("streamkeeper_streams_closed", "Streams that are closed.", List.of()),
    /** Streams that expire. */
    STREAMS_EXPIRING("streamkeeper_streams_expiring", "Streams that have a time to live or an expiry time.", List.of()),
    /** Streams whose old messages are removed. */
    STREAMS_AGED("streamkeeper_streams_aged", "Streams with retention by age.", List.of()),
    /** How long the start took. */
    RECOVERY_SECONDS(
            "streamkeeper_recovery_seconds", "Time in which the last start read the data directory.", List.of()),
    /** How long the registry has lacked a change. */
    REGISTRY_BEHIND_SECONDS(
            "streamkeeper_registry_behind_seconds",
            "Time for which the registry has lacked a creation or deletion; 0 if it lacks none, or is off.",
            List.of()),
    /** Free space of the disk. */
    DISK_FREE_BYTES(
            "streamkeeper_disk_free_bytes",
            "Space that the file system of the data directory has left for this process.",
            List.of()),
    /** Size of the disk. */
    DISK_BYTES("streamkeeper_disk_bytes", "Size of the file system of the data directory.", List.of()),
    /** Reserved memory of each budget. */
    BUDGET_USED_BYTES("streamkeeper_budget_used_bytes", "Memory that is reserved of each budget.", List.of("budget")),
    /** The limit of each budget. */
    BUDGET_LIMIT_BYTES("streamkeeper_budget_limit_bytes", "The bound of each budget.", List.of("budget")),
    /** How often each budget had no room. */
    BUDGET_REFUSALS(
            "streamkeeper_budget_refusals_total",
            Type.COUNTER,
            "Reservations that found no room in a budget: work that was refused, or waited.",
            List.of("budget"),
            List.of()),
    /** Extent files. */
    EXTENT_FILES("streamkeeper_extent_files", "Files to which checkpoints and compactions have written.", List.of()),
    /** Bytes of extent files. */
    EXTENT_BYTES("streamkeeper_extent_bytes", "Bytes of these files.", List.of()),
    /** Needed bytes of extent files. */
    EXTENT_NEEDED_BYTES(
            "streamkeeper_extent_needed_bytes",
            "Bytes of these files that streams need; compaction removes the others.",
            List.of()),
    /** Extent files with a copy in the object store. */
    TIER_OBJECTS("streamkeeper_tier_objects", "Extent files that have a copy in the object store.", List.of()),
    /** Their bytes. */
    TIER_OBJECT_BYTES("streamkeeper_tier_object_bytes", "Bytes of these files.", List.of()),
    /** Bytes of those that are local, too. */
    TIER_LOCAL_BYTES("streamkeeper_tier_local_bytes", "Bytes of these files that are on this machine, too.", List.of()),
    /** Bytes of files that are to be copied. */
    TIER_WAITING_BYTES(
            "streamkeeper_tier_waiting_bytes",
            "Bytes of extent files that are to be copied to the object store.",
            List.of()),
    /** Objects that are to be deleted. */
    TIER_UNNEEDED_OBJECTS(
            "streamkeeper_tier_unneeded_objects",
            "Objects that are to be deleted, now or after the time for which they are kept.",
            List.of()),
    /** For how long the object store has failed. */
    TIER_FAILING_SECONDS(
            "streamkeeper_tier_failing_seconds",
            "For how long the object store has answered nothing; 0 if its last call has succeeded.",
            List.of()),
    /** The newest snapshot of the data directory. */
    TIER_SNAPSHOT_SECONDS(
            "streamkeeper_tier_snapshot_age_seconds",
            "How long ago everything was in the newest snapshot in the object store; -1 if there is none.",
            List.of()),
    /** Bytes of objects that were created. */
    TIER_SENT_BYTES(
            "streamkeeper_tier_sent_bytes_total",
            Type.COUNTER,
            "Bytes of objects that were created.",
            List.of(),
            List.of()),
    /** Windows that were read. */
    TIER_READS(
            "streamkeeper_tier_reads_total",
            Type.COUNTER,
            "Windows of objects that were read from the object store.",
            List.of(),
            List.of()),
    /** Bytes of these windows. */
    TIER_RECEIVED_BYTES(
            "streamkeeper_tier_received_bytes_total", Type.COUNTER, "Bytes of these windows.", List.of(), List.of()),
    /** Windows that were found in memory. */
    TIER_CACHED_READS(
            "streamkeeper_tier_cached_reads_total",
            Type.COUNTER,
            "Windows of objects that were found in memory.",
            List.of(),
            List.of()),
    /** Objects that were deleted. */
    TIER_DELETIONS(
            "streamkeeper_tier_deletions_total", Type.COUNTER, "Objects that were deleted.", List.of(), List.of()),
    /** Work and reads that the object store has failed. */
    TIER_FAILURES(
            "streamkeeper_tier_failures_total",
            Type.COUNTER,
            "Work and reads that the object store has failed.",
            List.of(),
            List.of()),
    /** The role in a cluster. */
    CLUSTER_ROLE(
            "streamkeeper_cluster_role", "Whether this member of a cluster has the role: 1, or 0.", List.of("role")),
    /** Whether a leader is known. */
    CLUSTER_LEADER_KNOWN(
            "streamkeeper_cluster_leader_known", "Whether this member knows a leader: 1, or 0.", List.of()),
    /** The term. */
    CLUSTER_TERM("streamkeeper_cluster_term", "The number of the last election that this member knows.", List.of()),
    /** Leaders that were elected. */
    CLUSTER_LEADER_CHANGES(
            "streamkeeper_cluster_leader_changes_total",
            Type.COUNTER,
            "Elections of a leader that this member has noticed.",
            List.of(),
            List.of()),
    /** The end of the committed log. */
    CLUSTER_COMMITTED_INDEX(
            "streamkeeper_cluster_committed_index",
            "The last entry of the log that this member knows to be committed.",
            List.of()),
    /** The end of the delivered log. */
    CLUSTER_DELIVERED_INDEX(
            "streamkeeper_cluster_delivered_index",
            "The last entry of the log that the streams of this member include.",
            List.of()),
    /** The bytes of the log. */
    CLUSTER_LOG_BYTES("streamkeeper_cluster_log_bytes", "Length of the files of the replicated log.", List.of()),
    /** Bytes of frames that are under way. */
    CLUSTER_IN_FLIGHT_BYTES(
            "streamkeeper_cluster_in_flight_bytes",
            "Memory of frames that are proposed and not delivered yet.",
            List.of()),
    /** Frames that were proposed. */
    CLUSTER_FRAMES(
            "streamkeeper_cluster_frames_total",
            Type.COUNTER,
            "Frames of records that this member has proposed.",
            List.of(),
            List.of()),
    /** Records that were proposed. */
    CLUSTER_RECORDS(
            "streamkeeper_cluster_records_total", Type.COUNTER, "Records in these frames.", List.of(), List.of()),
    /** Members. */
    CLUSTER_MEMBERS("streamkeeper_cluster_members", "Members of the cluster.", List.of()),
    /** Members that the leader reaches. */
    CLUSTER_MEMBERS_REACHED(
            "streamkeeper_cluster_members_reached",
            "Members of which the leader has heard in the last ten seconds, itself included; absent elsewhere.",
            List.of()),
    /** How far each member is behind. */
    CLUSTER_MEMBER_LAG(
            "streamkeeper_cluster_member_lag_entries",
            "Committed entries that each other member lacks; on the leader only.",
            List.of("member")),
    /** When each member was heard of. */
    CLUSTER_MEMBER_CONTACT_SECONDS(
            "streamkeeper_cluster_member_contact_seconds",
            "Time since the last message of each other member; on the leader only.",
            List.of("member")),
    /** How the clocks of members differ. */
    CLUSTER_MEMBER_CLOCK_SKEW_SECONDS(
            "streamkeeper_cluster_member_clock_skew_seconds",
            "Time by which the clock of each other member is ahead of that of this one.",
            List.of("member")),
    /** Barriers of reads. */
    CLUSTER_BARRIERS(
            "streamkeeper_cluster_barriers_total",
            Type.COUNTER,
            "Barriers that reads have awaited, each of which many reads may share.",
            List.of(),
            List.of()),
    /** How long these were awaited. */
    CLUSTER_BARRIER_SECONDS(
            "streamkeeper_cluster_barrier_seconds_total",
            Type.COUNTER,
            "Time for which these were awaited.",
            List.of(),
            List.of()),
    /** Requests that were passed on. */
    CLUSTER_FORWARDED(
            "streamkeeper_cluster_forwarded_requests_total",
            Type.COUNTER,
            "Requests that only the leader can execute: passed on to it with a response, redirected, executed here because"
                    + " this member became the leader, refused without a leader, of unknown outcome, or cut off.",
            List.of("outcome"),
            List.of()),
    /** Open file descriptors. */
    OPEN_FDS("process_open_fds", "Number of open file descriptors.", List.of()),
    /** The limit of open file descriptors. */
    MAX_FDS("process_max_fds", "Maximum number of open file descriptors.", List.of());

    /** The type of a metric. */
    public enum Type {
        /** A number that only grows. */
        COUNTER,
        /** A number that grows and shrinks. */
        GAUGE,
        /** The numbers of values up to each of several bounds, and the sum of all values. */
        HISTOGRAM
    }

    /** The values of the labels of each series. */
    private static final class Series {
        private static final List<List<String>> ONE = List.of(List.of());

        static List<List<String>> of(String... values) {
            List<List<String>> series = new ArrayList<>();
            for (String value : values) {
                series.add(List.of(value));
            }
            return series;
        }

        static List<List<String>> operations() {
            return of(Arrays.stream(Operation.values()).map(Operation::label).toArray(String[]::new));
        }

        static List<List<String>> requests() {
            List<List<String>> series = new ArrayList<>();
            for (Operation operation : Operation.values()) {
                for (List<String> outcome : Outcomes.labels()) {
                    series.add(List.of(operation.label(), outcome.get(0), outcome.get(1)));
                }
            }
            return series;
        }
    }

    /** The first place of each metric in the array of a loop, and the length of the array. */
    private static final int[] PLACES = places();

    private final String metricName;
    private final Type type;
    private final String help;
    private final List<String> labels;
    private final List<List<String>> series;
    private final @Nullable Buckets buckets;

    Metric(String metricName, Type type, String help, List<String> labels, List<List<String>> series) {
        this(metricName, type, help, labels, series, null);
    }

    Metric(String metricName, Type type, String help) {
        this(metricName, type, help, List.of(), Series.ONE, null);
    }

    Metric(String metricName, String help, List<String> labels, List<List<String>> series, Buckets buckets) {
        this(metricName, Type.HISTOGRAM, help, labels, series, buckets);
    }

    Metric(String metricName, Type type, String help, Buckets buckets) {
        this(metricName, type, help, List.of(), Series.ONE, buckets);
    }

    /** Creates a gauge that no loop counts. */
    Metric(String metricName, String help, List<String> labels) {
        this(metricName, Type.GAUGE, help, labels, List.of(), null);
    }

    Metric(
            String metricName,
            Type type,
            String help,
            List<String> labels,
            List<List<String>> series,
            @Nullable Buckets buckets) {
        this.metricName = metricName;
        this.type = type;
        this.help = help;
        this.labels = labels;
        this.series = series;
        this.buckets = buckets;
    }

    private static int[] places() {
        Metric[] all = values();
        int[] places = new int[all.length + 1];
        for (int i = 0; i < all.length; i++) {
            places[i + 1] = places[i] + all[i].series.size() * all[i].width();
        }
        return places;
    }

    /** {@return the name that monitoring systems show} */
    public String metricName() {
        return metricName;
    }

    /** {@return the type} */
    public Type type() {
        return type;
    }

    /** {@return the meaning of the number, in one sentence} */
    public String help() {
        return help;
    }

    /** {@return the names of the labels that distinguish series; none if there is only one series} */
    public List<String> labels() {
        return labels;
    }

    /** {@return the unit that the name contains: bytes, seconds, or an empty text} */
    public String unit() {
        String base = metricName.endsWith("_total")
                ? metricName.substring(0, metricName.length() - "_total".length())
                : metricName;
        return base.endsWith("_bytes") ? "bytes" : base.endsWith("_seconds") ? "seconds" : "";
    }

    // ---- the array of a loop ----

    static int arrayLength() {
        return PLACES[PLACES.length - 1];
    }

    @SuppressWarnings("EnumOrdinal")
    int place() {
        return PLACES[ordinal()];
    }

    /** The number of places of one series: its value, or for a histogram its buckets of both kinds and their sum. */
    int width() {
        return buckets == null ? 1 : buckets.count() + 1 + buckets.exponential().count();
    }

    List<List<String>> series() {
        return series;
    }

    Buckets buckets() {
        if (buckets == null) {
            throw new IllegalStateException(metricName + " is no histogram");
        }
        return buckets;
    }
}
