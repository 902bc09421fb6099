package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.shard.Reply;

/** What was answered to one command: nothing yet, or one outcome, never two (I12). */
final class Replied implements Reply {
    private Outcome outcome;

    @Override
    public void complete(Outcome newOutcome) {
        assertThat(outcome).as("a second answer: " + newOutcome).isNull();
        outcome = newOutcome;
    }

    boolean isThere() {
        return outcome != null;
    }

    Outcome outcome() {
        return outcome;
    }

    boolean isRefused() {
        return outcome instanceof Refusal;
    }

    /** The code of the refusal, or what was done. */
    String word() {
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
        if (outcome instanceof Outcome.Described) {
            return "described";
        }
        return outcome instanceof Outcome.Deleted ? "deleted" : String.valueOf(outcome);
    }

    /**
     * Whether the store has taken what has left a trace in its state: also where that is refused because its fate is
     * not known.
     */
    boolean isTaken(boolean leftTrace) {
        return leftTrace && (!isTurnedAway() || word().equals("storage_failed"));
    }

    /** Whether the command has met a fault, so that how far it came is not known. */
    boolean isOfFault() {
        return isThere() && (word().equals("internal_error") || word().equals("storage_failed"));
    }

    /**
     * Whether the store takes nothing for now, whatever the command: it has staged nothing, or nothing of it was kept.
     */
    boolean isTurnedAway() {
        return isThere()
                && switch (word()) {
                    case "storage_full", "overloaded", "storage_failed", "outcome_unknown", "internal_error" -> true;
                    default -> false;
                };
    }
}
