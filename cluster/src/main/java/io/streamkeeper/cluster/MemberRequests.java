package io.streamkeeper.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.cluster.ChangeStatus.State;
import io.streamkeeper.storage.disk.Clock;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Answers what members ask each other, by the first byte of the request.
 *
 * <pre>
 *   16     who the member is, and what time it is: see {@link PeerGreeting}
 *   17     the text of a change of the members, see {@link MemberChange}, or none: the leader begins the change, and
 *          answers with its state, see {@link ChangeStatus}
 *   other  passed on
 * </pre>
 */
final class MemberRequests implements PeerRequests {
    /** The first byte of a request for a greeting, which has no other. */
    static final byte GREETING = 16;

    private static final byte CHANGE = 17;

    private final ClusterConfig config;
    private final UUID group;
    private final Clock clock;
    private final MemberChanges changes;
    private final PeerRequests others;

    MemberRequests(ClusterConfig config, UUID group, Clock clock, MemberChanges changes, PeerRequests others) {
        this.config = config;
        this.group = group;
        this.clock = clock;
        this.changes = changes;
        this.others = others;
    }

    /** A request to begin a change, or for the state of the last one. */
    static byte[] change(@Nullable MemberChange change) {
        byte[] text = change == null ? new byte[0] : change.text().getBytes(UTF_8);
        return ByteBuffer.allocate(1 + text.length).put(CHANGE).put(text).array();
    }

    @Override
    public byte[] answer(byte[] request) {
        if (request.length > 0 && request[0] == GREETING) {
            return new PeerGreeting(config.cluster(), group, config.self(), clock.nowMillis()).bytes();
        }
        if (request.length > 0 && request[0] == CHANGE) {
            return answerChange(new String(request, 1, request.length - 1, UTF_8))
                    .bytes();
        }
        return others.answer(request);
    }

    private ChangeStatus answerChange(String text) {
        try {
            return text.isEmpty() ? changes.state() : changes.begin(MemberChange.parse(text));
        } catch (IllegalArgumentException e) {
            return ChangeStatus.because(State.REFUSED, null, String.valueOf(e.getMessage()));
        }
    }
}
