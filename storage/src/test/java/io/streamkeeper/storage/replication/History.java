package io.streamkeeper.storage.replication;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.storage.journal.LoggedRecords;
import io.streamkeeper.storage.journal.ReplicatedLog;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.RecordCodec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the committed records say about each stream, derived from them alone. Checks of each record that it means
 * something, and that it drops no bytes that a fork inherits.
 */
final class History {
    /** One stream, from its creation on. */
    static final class Told {
        final LogRecord.Created created;
        Expiry expiry;

        /** The last use, by the clock of the machine where it was. */
        private long usedMillis;

        /** Up to this time uses need no record. */
        private long coveredMillis;

        final StringBuilder text = new StringBuilder();
        long earliest;

        /** The first position of which the bytes are kept. */
        long kept;

        boolean closed;
        boolean deleted;
        boolean dropped;

        Told(LogRecord.Created created) {
            this.created = created;
            this.expiry = created.config().expiry();
            this.usedMillis = created.atMillis();
            this.earliest = created.earliest();
            this.kept = ownStart();
            this.closed = created.closed();
        }

        /**
         * A reader uses the stream on the machine that leads, at this time of its clock. That counts if a record says so,
         * now or later.
         */
        void read(long millis) {
            if (millis < coveredMillis) {
                used(millis);
            }
        }

        private void used(long millis) {
            usedMillis = Math.max(usedMillis, millis);
        }

        long ownStart() {
            return created.fork() == null ? 0 : created.fork().position();
        }

        long tail() {
            return ownStart() + text.length();
        }

        @Override
        public String toString() {
            return created.path() + " (" + created.generation() + ")";
        }
    }

    private static final Set<LogRecord.Kind> USES =
            Set.of(LogRecord.Kind.APPENDED, LogRecord.Kind.USED, LogRecord.Kind.CHANGED);

    private final Map<Long, Told> streams = new TreeMap<>();
    private final Map<Integer, Long> lastGenerations = new HashMap<>();
    private final Interned interned = new Interned();
    private final long skewMillis;
    private final Set<Long> mayBeDeleted = new HashSet<>();

    /** What the log of machines says whose clocks differ by at most {@code skewMillis}. */
    History(long skewMillis) {
        this.skewMillis = skewMillis;
    }

    /** A client deletes a stream, which perhaps no record says to exist. */
    void mayBeDeleted(long generation) {
        mayBeDeleted.add(generation);
    }

    /** A frame is committed. */
    void committed(ReplicatedLog.Frame frame) {
        LoggedRecords records = frame.records();
        records.forEach(interned, (read, place) -> {
            byte[] payload = ByteBufUtil.getBytes(
                    records.block().memory(), place.position(), read.runs().bytes());
            committed(frame.shard(), read, new String(payload, ISO_8859_1));
        });
    }

    private void committed(int shard, RecordCodec.Read read, String payload) {
        LogRecord record = read.record();
        if (record instanceof LogRecord.Created created) {
            assertThat(created.generation())
                    .as("the generation of %s", created)
                    .isGreaterThan(lastGenerations.getOrDefault(shard, 0L));
            lastGenerations.put(shard, created.generation());
            Told stream = new Told(created);
            stream.text.append(payload);
            streams.put(created.generation(), stream);
            if (created.fork() != null) {
                assertThat(sourceOf(stream).dropped)
                        .as("%s is a fork of a stream that is dropped", stream)
                        .isFalse();
                assertInherited(stream, "is created");
            }
            return;
        }
        Told stream = streams.get(record.generation());
        assertThat(stream).as("the stream of %s", record).isNotNull();
        assertThat(stream.dropped).as("%s comes after it is dropped", record).isFalse();
        apply(record, stream, payload);
    }

    private void apply(LogRecord record, Told stream, String payload) {
        switch (record.kind()) {
            case USED -> stream.coveredMillis = record.atMillis() + ((LogRecord.Used) record).coveredMillis();
            case CHANGED ->
                stream.expiry = ((LogRecord.Changed) record).config().expiry();
            case APPENDED -> {
                assertThat(stream.closed || stream.deleted)
                        .as("%s is closed or deleted", stream)
                        .isFalse();
                stream.text.append(payload);
                stream.closed = ((LogRecord.Appended) record).close();
            }
            case DELETED -> {
                assertThat(stream.deleted).as("%s is deleted twice", stream).isFalse();
                assertExpired(stream, record.atMillis());
                stream.deleted = true;
                stream.dropped = ((LogRecord.Deleted) record).dropped();
            }
            case TRIMMED -> {
                LogRecord.Trimmed trimmed = (LogRecord.Trimmed) record;
                stream.earliest = trimmed.position();
                stream.kept = trimmed.dropped() ? Math.max(stream.kept, trimmed.position()) : stream.kept;
            }
            case RELEASED -> {
                stream.dropped = stream.deleted;
                stream.kept = Math.max(stream.kept, stream.earliest);
            }
            default -> {
                // It changes neither bytes nor how long they are kept.
            }
        }
        if (USES.contains(record.kind())) {
            stream.used(record.atMillis());
        }
        streams.values().forEach(other -> assertInherited(other, "is needed at " + record));
    }

    /** A stream that no client deletes has expired: no change of the leader shortens its life. */
    private void assertExpired(Told stream, long atMillis) {
        if (!mayBeDeleted.contains(stream.created.generation())) {
            long early = stream.expiry instanceof Expiry.Ttl ? skewMillis : 0;
            assertThat(atMillis)
                    .as("when %s expires, with %s, used at %d", stream, stream.expiry, stream.usedMillis)
                    .isGreaterThanOrEqualTo(stream.expiry.deadlineMillis(stream.usedMillis) - early);
        }
    }

    /** Nothing that a stream inherits, and that can still be read, is dropped. */
    private void assertInherited(Told stream, String when) {
        if (stream.deleted) {
            return;
        }
        Told at = stream;
        long end = stream.ownStart();
        while (at.created.fork() != null && end > stream.earliest) {
            Told source = sourceOf(at);
            long start = source.ownStart();
            if (end > start) {
                assertThat(!source.dropped && source.kept <= Math.max(stream.earliest, start))
                        .as("%s has what %s inherits, which %s", source, stream, when)
                        .isTrue();
                end = start;
            }
            at = source;
        }
    }

    private Told sourceOf(Told fork) {
        return streams.get(fork.created.fork().sourceGeneration());
    }

    /** The stream with this generation, or null if no record says that it is created. */
    @Nullable
    Told of(long generation) {
        return streams.get(generation);
    }

    /** All streams that are not dropped. */
    Map<Long, Told> kept() {
        Map<Long, Told> kept = new TreeMap<>(streams);
        kept.values().removeIf(stream -> stream.dropped);
        return kept;
    }

    /** How many streams that are not dropped are forks of this one. */
    int forksOf(long generation) {
        return (int) kept().values().stream()
                .filter(stream ->
                        stream.created.fork() != null && stream.created.fork().sourceGeneration() == generation)
                .count();
    }

    /** All bytes of a stream from its beginning on, inherited ones included. */
    String text(Told stream) {
        if (stream.created.fork() == null) {
            return stream.text.toString();
        }
        return text(sourceOf(stream)).substring(0, (int) stream.ownStart()) + stream.text;
    }
}
