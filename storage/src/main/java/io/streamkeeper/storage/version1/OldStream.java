package io.streamkeeper.storage.version1;

import io.streamkeeper.protocol.Producer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stream of version 1, assembled from its shard's files. Used by one thread. */
public final class OldStream {
    /**
     * Some of the stream's bytes in a file.
     *
     * @param start the stream's position at which they begin
     * @param position their first byte in the file
     * @param messages messages in them; in a stream of bytes 1, as version 1 did not record where appends end
     * @param millis the time of their append, if the file contains it
     * @param checksum their CRC32C, or null if a frame's checksum has covered them
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
     * @param millis the time of that request, or, if the description does not contain it, the time of the stream's
     *     creation
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

    /** A stream whose creation is in the journal. */
    OldStream(int shard, OldRecord.Created created) {
        this.shard = shard;
        this.created = created;
        this.contentStart = ownStart();
        this.tail = contentStart;
        this.earliest = created.fork() == null ? 0 : created.fork().earliest();
        this.closed = created.closed();
    }

    /** A stream that an extent describes; its pieces are added later. */
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
     * Adds the pieces in the extents, in order of position. Only pieces that reach the tail without a gap belong to the
     * stream: retention has already released those before a gap.
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

    /** Adds bytes that the journal contains. */
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
     * Omits the pieces before {@code needed}.
     *
     * @throws IOException if bytes after that position are missing
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

    /** The position at which the stream's own bytes begin. */
    public long ownStart() {
        return created.fork() == null ? 0 : created.fork().position();
    }

    /** The stored pieces of the stream's own bytes, in order. */
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
