package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.record.Lineage;
import org.jspecify.annotations.Nullable;

/**
 * The offsets that name positions of a stream: its own, those that it inherits from the ancestors of a fork, and those
 * that format version 1 has issued. Stateless; used on the loop of the stream's shard.
 */
final class StreamOffsets {
    private StreamOffsets() {}

    /** The run of the ancestor that wrote the byte before {@code position}; null if the stream itself wrote it. */
    private static @Nullable Lineage inherited(StreamState stream, long position) {
        Lineage lineage = stream.lineage();
        return lineage != null && position <= stream.ownStart() ? lineage.before(position) : null;
    }

    static Offset at(StreamState stream, long position) {
        Lineage inherited = inherited(stream, position);
        return new Offset(inherited == null ? stream.generation() : inherited.generation(), position);
    }

    static @Nullable Offset formerAt(StreamState stream, long position) {
        Lineage inherited = inherited(stream, position);
        long former = inherited == null ? stream.formerGeneration() : inherited.formerGeneration();
        return former == 0 ? null : new Offset(former, position);
    }

    static Offset present(StreamState stream, Offset offset) {
        Lineage lineage = stream.lineage();
        Lineage inherited = lineage == null ? null : lineage.of(offset.generation());
        return inherited == null ? offset : new Offset(inherited.generation(), offset.position());
    }

    static long positionOf(StreamState stream, Offset offset) {
        if (offset.equals(Offset.ZERO)) {
            return 0;
        }
        Lineage lineage = stream.lineage();
        boolean own = offset.generation() == stream.generation()
                || (offset.generation() == stream.formerGeneration() && stream.formerGeneration() != 0);
        Lineage inherited = lineage == null || own ? null : lineage.of(offset.generation());
        if (inherited == null && !own) {
            throw new RefusedException(
                    ErrorCode.OFFSET_GONE,
                    "offset " + offset + " belongs to a deleted stream of this path; start again at -1");
        }
        long first = inherited == null ? stream.ownStart() : inherited.start();
        long last = inherited == null ? Offset.POSITION_MAX : inherited.end();
        if (offset.position() < first || offset.position() > last) {
            throw notIssued(stream, offset);
        }
        return offset.position();
    }

    static long positionUpToTail(StreamState stream, Offset offset) {
        boolean comparable = offset.generation() <= Offset.GENERATION_MAX;
        if (comparable && offset.compareTo(at(stream, stream.durableTail())) > 0) {
            throw notIssued(stream, offset);
        }
        long position = positionOf(stream, offset);
        if (position > stream.durableTail()) {
            throw notIssued(stream, offset);
        }
        return position;
    }

    private static RefusedException notIssued(StreamState stream, Offset offset) {
        return new RefusedException(
                ErrorCode.INVALID_OFFSET,
                "offset " + offset + " was not issued for this stream, whose tail is "
                        + at(stream, stream.durableTail()));
    }
}
