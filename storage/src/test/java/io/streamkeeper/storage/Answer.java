package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.shard.Reply;

/** What was answered to one command, once it was. */
public final class Answer implements Reply {
    private Outcome outcome;
    private Runnable then = () -> {};

    @Override
    public void complete(Outcome newOutcome) {
        assertThat(outcome).as("answered before").isNull();
        outcome = newOutcome;
        then.run();
    }

    /** Sets what runs when the answer has come. */
    Answer then(Runnable next) {
        then = next;
        return this;
    }

    public boolean isThere() {
        return outcome != null;
    }

    Outcome outcome() {
        assertThat(outcome).as("the answer").isNotNull();
        return outcome;
    }

    <T extends Outcome> T as(Class<T> type) {
        assertThat(outcome()).isInstanceOf(type);
        return type.cast(outcome);
    }

    public Outcome.Appended appended() {
        return as(Outcome.Appended.class);
    }

    Outcome.Created created() {
        return as(Outcome.Created.class);
    }

    public Refusal refusal() {
        return as(Refusal.class);
    }

    public ErrorCode code() {
        return refusal().code();
    }

    /** What was answered in one word: the error's code, or what came to be. */
    public String word() {
        return word(outcome());
    }

    public static String word(Outcome outcome) {
        if (outcome instanceof Refusal refusal) {
            return refusal.code().code();
        }
        if (outcome instanceof Outcome.Created created) {
            return created.existed() ? "existed" : "created";
        }
        if (outcome instanceof Outcome.Appended appended) {
            return (appended.wrote() ? "wrote" : "kept") + (appended.closed() ? " closed" : "");
        }
        if (outcome instanceof Outcome.Changed) {
            return "changed";
        }
        return outcome instanceof Outcome.Deleted ? "deleted" : outcome.toString();
    }
}
