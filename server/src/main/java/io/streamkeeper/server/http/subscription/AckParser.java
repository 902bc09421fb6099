package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.subscription.AckRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads what a worker reports about its wake (sections 7.1 and 7.2). */
final class AckParser {
    private static final int WAKE_ID_CHARS_MAX = 128;

    private AckParser() {}

    static AckRequest parse(JsonObject body, String token) {
        return new AckRequest(token, wakeId(body), generation(body), acks(body), body.isTrue("done"));
    }

    static String wakeId(JsonObject body) {
        return body.requiredText("wake_id", WAKE_ID_CHARS_MAX);
    }

    static long generation(JsonObject body) {
        return body.requiredNumber("generation");
    }

    private static Map<StreamPath, Offset> acks(JsonObject body) {
        List<JsonObject> acks = body.objects("acks");
        Map<StreamPath, Offset> offsets = new HashMap<>();
        for (JsonObject ack : acks) {
            StreamPath stream = SpecParser.stream(ack);
            if (offsets.put(stream, offset(ack)) != null) {
                throw ack.invalid("stream", "is " + Quoted.of(stream.value()) + " again; expected each stream once");
            }
        }
        return offsets;
    }

    /** The member {@code offset}, which is an offset that the server has issued. */
    private static Offset offset(JsonObject ack) {
        return offset(ack, Offset::parse, "");
    }

    /** The member {@code offset} of a cursor that is moved, which may also be the beginning or the end of any stream. */
    static ReadStart place(JsonObject body) {
        return offset(body, ReadStart::parse, ", or -1 for the beginning, or now for the end");
    }

    private static <T> T offset(JsonObject body, Function<String, T> parse, String alternatives) {
        String text = body.requiredText("offset", 2 * Offset.TEXT_LENGTH);
        try {
            return parse.apply(text);
        } catch (RefusedException e) {
            throw new RefusedException(
                    ErrorCode.ACK_OFFSET_INVALID,
                    "offset " + Quoted.of(text) + " is not one that this server issued; expected one of the wake or of"
                            + " a response to a read" + alternatives);
        }
    }
}
