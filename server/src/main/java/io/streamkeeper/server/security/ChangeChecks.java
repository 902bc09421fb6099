package io.streamkeeper.server.security;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that one thread repeats, each of which returns whether something has changed. One that fails is reported once
 * until it works again, and prevents neither the others nor the report of their changes.
 */
final class ChangeChecks {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeChecks.class);

    private static final class Check {
        final BooleanSupplier hasChanged;
        boolean fails;

        Check(BooleanSupplier hasChanged) {
            this.hasChanged = hasChanged;
        }
    }

    private final List<Check> checks = new ArrayList<>();
    private boolean reportFails;

    void add(BooleanSupplier hasChanged) {
        checks.add(new Check(hasChanged));
    }

    /** Runs each check, and then {@code changed} if one of them returned true; throws nothing, so it can be repeated. */
    void run(Runnable changed) {
        boolean anyChanged = false;
        for (Check check : checks) {
            anyChanged |= run(check);
        }
        if (anyChanged) {
            report(changed);
        }
    }

    private static boolean run(Check check) {
        try {
            boolean hasChanged = check.hasChanged.getAsBoolean();
            check.fails = false;
            return hasChanged;
        } catch (RuntimeException | Error e) {
            if (!check.fails) {
                check.fails = true;
                LOG.error("a file of the security configuration could not be checked", e);
            }
            return false;
        }
    }

    private void report(Runnable changed) {
        try {
            changed.run();
            reportFails = false;
        } catch (RuntimeException | Error e) {
            if (!reportFails) {
                reportFails = true;
                LOG.error("a change of the security configuration could not be applied to live reads", e);
            }
        }
    }
}
