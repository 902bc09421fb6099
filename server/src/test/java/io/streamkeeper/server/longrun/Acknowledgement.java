package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamkeeper.server.longrun.ModelSubscription.Part;
import io.streamkeeper.server.longrun.ModelSubscription.Shown;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Acknowledges a wake, as its worker, and compares the answer with the model. Belongs to one thread. */
final class Acknowledgement {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Answers to one who does not have the wake any more. */
    private static final Set<String> FENCED = Set.of("FENCED", "TOKEN_EXPIRED", "TOKEN_INVALID");

    private static final Set<String> REFUSED = Set.of("INVALID_OFFSET", "SUBSCRIPTION_NOT_FOUND");

    private final Caller caller;
    private final ModelSubscription subscription;
    private final Shown wake;
    private final String operation;
    private String code = "";

    Acknowledgement(Caller caller, ModelSubscription subscription, Shown wake, String operation) {
        this.caller = caller;
        this.subscription = subscription;
        this.wake = wake;
        this.operation = operation;
    }

    /** Acknowledges each part up to its tail; returns whether the server has confirmed that. */
    boolean send(List<Part> parts, boolean isDone) throws IOException, Traffic.Later {
        boolean isFormer = subscription.generation() > wake.generation();
        ObjectNode body = begin().put("done", isDone);
        ArrayNode acks = body.putArray("acks");
        for (Part part : parts) {
            subscription.mayAcknowledge(part.path(), part.tail());
            acks.addObject().put("stream", part.path()).put("offset", part.tail());
        }
        Wire.Answer answer = exchange(body);
        if (answer.status() != 200) {
            code = refusalOf(answer);
            return false;
        }
        require(!isFormer, "a former wake was acknowledged", answer);
        parts.forEach(part -> subscription.acknowledged(part.path(), part.tail(), wake.generation()));
        return true;
    }

    /** Ends the lease without an acknowledgement; returns whether the server has confirmed that. */
    boolean release() throws IOException, Traffic.Later {
        Wire.Answer answer = exchange(begin());
        if (answer.status() == 204) {
            return true;
        }
        code = refusalOf(answer);
        return false;
    }

    /** Whether it was refused because another has, or may have, the wake. */
    boolean wasFenced() {
        return FENCED.contains(code);
    }

    private ObjectNode begin() {
        return MAPPER.createObjectNode().put("wake_id", wake.wakeId()).put("generation", wake.generation());
    }

    private Wire.Answer exchange(ObjectNode body) throws IOException, Traffic.Later {
        return caller.exchange(
                "POST",
                Subscribers.ROOT + subscription.id + operation,
                body.toString(),
                "Content-Type: application/json");
    }

    private String refusalOf(Wire.Answer answer) {
        boolean isKnown = FENCED.contains(answer.code()) || REFUSED.contains(answer.code());
        require(isKnown, "an acknowledgement", answer);
        return answer.code();
    }

    private void require(boolean holds, String what, Wire.Answer answer) {
        if (!holds) {
            throw new AssertionError(what + " of " + wake + ", " + subscription + ": " + answer);
        }
    }
}
