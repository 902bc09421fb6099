package io.streamkeeper.storage.version1;

import io.streamkeeper.protocol.Producer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stream of version 1, put together from what its shard's files say of it. Used by one thread. */
public final class OldStream {
    /**
     * Some of the stream's bytes in a file.
     *
     * @param start the stream's position at which they begin
     * @param position their first byte in the file
     * @param messages messages in them; in a stream of bytes 1, as version 1 did not record where appends end
     * @param millis when they came, where the file says it
     * @param checksum CRC32C of them, or null where a frame's checksum has covered them
     */
    public record Piece(
            OldFile file,
            long start,
            long position,
            int bytes,
            int messages,
            long millis,
            @Nullable Integer checksum) {
        /** The stream's position after them. */
        public long end() {
            return start + bytes;
        }
    }

    /**
     * A producer's last request.
     *
     * @param millis when it came; where the description does not say it, when the stream was created
     */
    public record Used(Producer last, long millis) {}

    private final int shard;
    private final OldRecord.Created created;
    private final Map<String, Used> producers = new LinkedHashMap<>();
    private List<Piece> pieces = new ArrayList<>(1);
    private long contentStart;
    private long messagesBefore;
    private long lastLsn;
    private long tail;
    private long earliest;
    private boolean closed;
    private boolean deleted;
    private @Nullable Producer closedBy;
    private @Nullable String streamSeq;

    /** A stream that the journal has made. */
    OldStream(int shard, OldRecord.Created created) {
        this.shard = shard;
        this.created = created;
        this.contentStart = ownStart();
        this.tail = contentStart;
        this.earliest = created.fork() == null ? 0 : created.fork().earliest();
        this.closed = created.closed();
    }

    /** A stream as an extent describes it; its pieces follow. */
    OldStream(int shard, OldRecord.Description description) {
        this(shard, description.created());
        lastLsn = description.lastLsn();
        tail = description.tail();
        contentStart = tail;
        messagesBefore = description.messages();
        earliest = description.earliest();
        closed = description.closed();
        deleted = description.deleted();
        closedBy = description.closedBy();
        streamSeq = description.streamSeq();
        description
                .producers()
                .forEach(producer -> producers.put(producer.id(), new Used(producer, created.atMillis())));
    }

    /**
     * What the extents hold, in order of position. Only what reaches the tail without a gap belongs to the stream: of
     * what lies before a gap, retention has released the rest already.
     *
     * @param messages the stream's messages before the first piece of each
     */
    void found(List<List<Piece>> spans, List<Long> messages) {
        int first = spans.size();
        long end = tail;
        while (first > 0 && endOf(spans.get(first - 1)) == end) {
            first--;
            end = spans.get(first).get(0).start();
        }
        if (first < spans.size()) {
            contentStart = end;
            messagesBefore = messages.get(first);
            spans.subList(first, spans.size()).forEach(pieces::addAll);
        }
    }

    private static long endOf(List<Piece> span) {
        return span.get(span.size() - 1).end();
    }

    /** Adds bytes that the journal has. */
    void append(OldFile file, long position, List<OldCodec.Run> runs, long millis) {
        long at = position;
        for (OldCodec.Run run : runs) {
            if (run.bytes() > 0) {
                int messages = created.contentType().isJson() ? run.messages() : 1;
                pieces.add(new Piece(file, tail, at, run.bytes(), messages, millis, null));
                tail += run.bytes();
                at += run.bytes();
            }
        }
    }

    /** Applies a record of the journal that is not the stream's creation. */
    void apply(OldRecord record) {
        if (record instanceof OldRecord.Appended appended) {
            Producer producer = appended.producer();
            if (producer != null) {
                producers.remove(producer.id());
                producers.put(producer.id(), new Used(producer, appended.atMillis()));
            }
            streamSeq = appended.streamSeq() == null ? streamSeq : appended.streamSeq();
            if (appended.close()) {
                closed = true;
                closedBy = producer;
            }
        } else if (record instanceof OldRecord.Trimmed trimmed) {
            earliest = trimmed.position();
        } else if (record instanceof OldRecord.Deleted) {
            deleted = true;
        } else {
            throw new IllegalArgumentException("record " + record + " does not change a stream that is there");
        }
    }

    void lastLsn(long lsn) {
        lastLsn = lsn;
    }

    /**
     * Leaves out what lies before {@code needed}.
     *
     * @throws IOException if not all from there on is there
     */
    public void keepFrom(long needed) throws IOException {
        if (contentStart > Math.max(needed, ownStart())) {
            throw new IOException("the data of stream " + created.path() + " begins at " + contentStart + ", expected "
                    + Math.max(needed, ownStart()) + "; nothing was changed. Restore the data directory from a backup");
        }
        int unneeded = 0;
        while (unneeded < pieces.size() && pieces.get(unneeded).end() <= needed) {
            contentStart = pieces.get(unneeded).end();
            messagesBefore += pieces.get(unneeded).messages();
            unneeded++;
        }
        pieces = pieces.subList(unneeded, pieces.size());
    }

    /** The index of the stream's shard. */
    public int shard() {
        return shard;
    }

    public OldRecord.Created created() {
        return created;
    }

    public long generation() {
        return created.generation();
    }

    /** Where the stream's own bytes begin. */
    public long ownStart() {
        return created.fork() == null ? 0 : created.fork().position();
    }

    /** What is there of the stream's own bytes, in order. */
    public List<Piece> pieces() {
        return pieces;
    }

    /** The position at which the pieces begin. */
    public long contentStart() {
        return contentStart;
    }

    /** The stream's messages before the first piece. */
    public long messagesBefore() {
        return messagesBefore;
    }

    /** The stream's messages. */
    public long messages() {
        return messagesBefore + pieces.stream().mapToLong(Piece::messages).sum();
    }

    public long lastLsn() {
        return lastLsn;
    }

    public long tail() {
        return tail;
    }

    public long earliest() {
        return earliest;
    }

    public boolean isClosed() {
        return closed;
    }

    public boolean isDeleted() {
        return deleted;
    }

    public @Nullable Producer closedBy() {
        return closedBy;
    }

    public @Nullable String streamSeq() {
        return streamSeq;
    }

    /** The last request of each producer; those that wrote to the journal last come last. */
    public List<Used> producers() {
        return List.copyOf(producers.values());
    }
}
