package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Reservation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads of one shard's streams, be the bytes in memory or in files. Owned by the shard's loop, which it never holds up:
 * what is in memory is answered at once, the rest when another thread has read it, again on the loop.
 */
final class ContentReader {
    private static final Logger LOG = LoggerFactory.getLogger(ContentReader.class);

    private final ExtentStore extents;
    private final ReadBudget budget;
    private final JsonSplitter splitter;

    ContentReader(ExtentStore extents, ReadBudget budget, JsonSplitter splitter) {
        this.extents = extents;
        this.budget = budget;
        this.splitter = splitter;
    }

    /**
     * Reads on from {@code from} to {@code end} at the most, and not past {@code limit}. Refused if {@code from} is inside a
     * message, or is not there any more.
     */
    void read(StreamState stream, long from, long end, ReadLimit bounds, Callback<ByteBuf> then) {
        long limit = Math.min(end, bounds.end());
        int bytesMax = bounds.bytesMax();
        StreamContent content = stream.content();
        if (from < content.start()) {
            Offset earliest = stream.offsetAt(stream.durableEarliest());
            then.refuse(Refusal.retained(
                    "offset " + stream.offsetAt(from) + " is before the earliest that is kept, " + earliest, earliest));
            return;
        }
        if (from >= limit) {
            then.complete(Buffers.NONE);
            return;
        }
        boolean atEdge = !content.isJson() || content.messagesBeforeEdge(from) >= 0;
        int run = content.runAt(from);
        long begin = atEdge ? from : content.runStart(run);
        long windowEnd = content.readEnd(from, limit, bytesMax);
        if (!content.isInMemory(begin, windowEnd)) {
            windowEnd = content.readEnd(from, limit, budget.window(bytesMax));
        }
        int checked = atEdge ? 0 : (int) (Math.min(content.runEnd(run), windowEnd) - begin);
        fetch(content, begin, windowEnd, bounds.room(), Callbacks.then(then, bytes -> {
            int skipped = (int) (from - begin);
            if (checked > 0 && isInsideMessage(bytes, checked, skipped)) {
                bytes.release();
                then.refuse(insideMessage(stream, from));
            } else {
                then.complete(bytes.skipBytes(skipped));
            }
        }));
    }

    private boolean isInsideMessage(ByteBuf bytes, int checked, int skipped) {
        try {
            return splitter.messagesBefore(bytes.slice(bytes.readerIndex(), checked), skipped) < 0;
        } catch (RuntimeException | Error e) {
            bytes.release();
            throw e;
        }
    }

    private static Refusal insideMessage(StreamState stream, long position) {
        return Refusal.of(
                ErrorCode.INVALID_OFFSET,
                "offset " + stream.offsetAt(position) + " is inside a message; expected one that this server issued");
    }

    /** How many messages end at or before {@code position}, or -1 if it is inside one; only for JSON. */
    void messagesBefore(StreamContent content, long position, Callback<Long> then) {
        long known = content.messagesBeforeEdge(position);
        if (known >= 0) {
            then.complete(known);
            return;
        }
        int run = content.runAt(position - 1);
        long start = content.runStart(run);
        long messages = content.messagesBeforeRun(run);
        fetch(content, start, content.runEnd(run), null, Callbacks.then(then, bytes -> {
            int inRun;
            try {
                inRun = splitter.messagesBefore(bytes, (int) (position - start));
            } finally {
                bytes.release();
            }
            then.complete(inRun < 0 ? -1 : messages + inRun);
        }));
    }

    /** The position behind the first {@code number} messages, of which there are as many; only for JSON. */
    void positionAfter(StreamContent content, long number, Callback<Long> then) {
        if (number <= content.startMessages()) {
            then.complete(content.start());
            return;
        }
        int run = content.runOfMessage(number);
        if (content.messagesBeforeRun(run + 1) == number) {
            then.complete(content.runEnd(run));
            return;
        }
        long start = content.runStart(run);
        int inRun = (int) (number - content.messagesBeforeRun(run));
        fetch(content, start, content.runEnd(run), null, Callbacks.then(then, bytes -> {
            int length;
            try {
                length = splitter.boundaryAfter(bytes, inRun);
            } finally {
                bytes.release();
            }
            then.complete(start + length);
        }));
    }

    private void fetch(StreamContent content, long from, long to, @Nullable RoomWait room, Callback<ByteBuf> then) {
        if (content.isInMemory(from, to)) {
            then.complete(content.read(from, to, budget));
            return;
        }
        ColdRead read = content.coldRead(from, to);
        long bytes = read.fileBytes();
        Reservation reservation;
        try {
            reservation = budget.reserve(bytes);
        } catch (RuntimeException | Error e) {
            read.letGo();
            throw e;
        }
        if (reservation != null) {
            read(read, reservation, then);
            return;
        }
        read.letGo();
        if (room == null || bytes > budget.bytesMax()) {
            then.refuse(noRoom());
        } else {
            room.begin(
                    budget,
                    bytes,
                    granted -> extents.onLoop(() -> fetch(content, from, to, granted, room, then), granted::close),
                    () -> extents.onLoop(() -> then.refuse(noRoom()), () -> {}));
        }
    }

    /** Goes on with the memory that the read has waited for. Its bytes may lie elsewhere by now, or be gone. */
    private void fetch(
            StreamContent content, long from, long to, Reservation granted, RoomWait room, Callback<ByteBuf> then) {
        if (from < content.start()) {
            granted.close();
            then.refuse(Refusal.of(ErrorCode.OFFSET_GONE, "what was to be read next is not kept any more"));
            return;
        }
        if (content.isInMemory(from, to)) {
            granted.close();
            then.complete(content.read(from, to, budget));
            return;
        }
        ColdRead read = content.coldRead(from, to);
        long more = read.fileBytes() - granted.bytes();
        if (more <= 0 || granted.tryGrow(more)) {
            read(read, granted, then);
        } else {
            read.letGo();
            granted.close();
            fetch(content, from, to, room, then);
        }
    }

    private Refusal noRoom() {
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "readers hold " + budget.usedBytes()
                        + " bytes that they have not taken yet, which is the limit; try again later");
    }

    private void read(ColdRead read, Reservation reservation, Callback<ByteBuf> then) {
        extents.read(read, reservation, new Received() {
            @Override
            public void bytes(ByteBuf bytes) {
                try {
                    then.complete(bytes);
                } catch (RuntimeException | Error e) {
                    then.refuse(ShardFaults.ofOurs(e));
                }
            }

            @Override
            public void failed(Throwable reason) {
                then.refuse(refusal(reason));
            }
        });
    }

    /** A read that fails concerns nobody but who asked for it. */
    private static Refusal refusal(Throwable reason) {
        if (!(reason instanceof IOException)) {
            return ShardFaults.ofOurs(reason);
        }
        LOG.error("stored data cannot be read", reason);
        return Refusal.of(
                ErrorCode.STORAGE_FAILED, "the stream's stored data cannot be read; the server's log says why");
    }
}
