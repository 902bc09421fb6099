package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.server.longrun.ModelSubscription.Part;
import io.streamkeeper.server.longrun.ModelSubscription.Shown;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a wake names, as its worker would, and compares it with the model. Safe for use by any thread. */
final class WakeReader {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, FollowedStream> streams;
    private final Reach reach;

    WakeReader(Map<String, FollowedStream> streams, Reach reach) {
        this.streams = streams;
        this.reach = reach;
    }

    private FollowedStream stream(Part part) {
        FollowedStream stream = streams.get(part.path());
        if (stream == null) {
            throw new AssertionError("a wake names a stream that no subscription follows: " + part);
        }
        return stream;
    }

    /** A part that ends where an append ends, within another one. */
    Part within(Part part) {
        return new Part(part.path(), part.acked(), stream(part).placeWithin(part.acked(), part.tail()));
    }

    /** Reads a stream of a wake from its cursor on: its first number is the next one, and the others ascend. */
    void read(Session session, Shown wake) throws IOException {
        if (wake.parts().isEmpty()) {
            return;
        }
        Part part = wake.parts().get(0);
        @Nullable Integer expected = stream(part).numberAfter(part.acked());
        try (Caller caller = new Caller(session, session.credentials)) {
            Wire.Answer answer = caller.exchange("GET", part.path() + "?offset=" + part.acked(), "");
            if (answer.status() == 404 || answer.status() == 410) {
                reach.count("subscription: what a wake names does not exist any more");
                return;
            }
            check(part, expected, answer);
        } catch (Traffic.Later e) {
            reach.count("later: a worker's read, " + e.getMessage());
        }
    }

    private void check(Part part, @Nullable Integer expected, Wire.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw new AssertionError("a worker's read of " + part + ": " + answer);
        }
        JsonNode numbers = MAPPER.readTree(answer.body());
        int last = numbers.isEmpty() ? 0 : numbers.get(0).asInt();
        if (last == 0 || (expected != null && last != expected)) {
            throw new AssertionError("expected the number " + expected + " first, of " + part + ": " + answer);
        }
        for (int i = 1; i < numbers.size(); i++) {
            int next = numbers.get(i).asInt();
            if (next <= last) {
                throw new AssertionError("the numbers do not ascend, of " + part + ": " + answer);
            }
            last = next;
        }
        reach.count("subscription: a worker's read");
    }
}
