package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamsEventId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the streams that a URL names continue, if its client has the id of the last event only. No stream continues
 * after its next event: one whose offset is not known begins again where the URL says.
 */
final class StreamsResumption {
    private StreamsResumption() {}

    /**
     * The reads from where the last event has ended.
     *
     * @param reads in the order of the URL
     * @throws RefusedException if the id is one of another URL, or if events of a stream would be lost
     */
    static List<Command.Read> resume(List<Command.Read> reads, StreamsEventId last) {
        List<@Nullable Offset> offsets = last.all() == null ? offsets(reads, last) : last.all();
        if (offsets.size() != reads.size()) {
            throw new RefusedException(
                    ErrorCode.INVALID_OFFSET,
                    "the last event id has the offsets of " + offsets.size() + " streams, and the request names "
                            + reads.size() + "; expected the streams of the response that had the event");
        }
        List<Command.Read> resumed = new ArrayList<>(reads.size());
        for (int i = 0; i < reads.size(); i++) {
            Offset offset = offsets.get(i);
            resumed.add(offset == null ? reads.get(i) : from(reads.get(i), offset));
        }
        return resumed;
    }

    /** The offsets that an id of one stream has. */
    private static List<@Nullable Offset> offsets(List<Command.Read> reads, StreamsEventId last) {
        List<@Nullable Offset> offsets = new ArrayList<>(reads.size());
        for (Command.Read read : reads) {
            boolean isOfEvent = read.path().value().equals(last.stream());
            if (!isOfEvent && read.start() instanceof ReadStart.Now) {
                throw new RefusedException(
                        ErrorCode.INVALID_OFFSET,
                        "the last event id has the offset of one stream only, and stream "
                                + read.path().value()
                                + " would begin at its tail again, after events that were not received; expected the"
                                + " last offset of each stream in the parameters stream");
            }
            offsets.add(isOfEvent ? last.offset() : null);
        }
        return offsets;
    }

    private static Command.Read from(Command.Read read, Offset offset) {
        return new Command.Read(
                read.path(), new ReadStart.At(offset), read.live(), read.timeoutMillis(), read.cursor(), read.range());
    }
}
