package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.LogsFaults;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeChecksTest {
    private final List<String> ran = new ArrayList<>();
    private final ChangeChecks checks = new ChangeChecks();

    private void add(String name, boolean hasChanged) {
        checks.add(() -> {
            ran.add(name);
            return hasChanged;
        });
    }

    @Test
    @LogsFaults("a file of the security configuration could not be checked")
    void aCheckThatFailsPreventsNeitherTheOthersNorTheReportOfTheirChanges() {
        for (Throwable fault : List.of(new IllegalStateException("a"), new StackOverflowError())) {
            ran.clear();
            add("first", true);
            checks.add(() -> {
                if (fault instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) fault;
            });
            add("last", false);
            checks.run(() -> ran.add("changed"));
            assertThat(ran).contains("first", "last").endsWith("changed");
        }
    }

    @Test
    void nothingIsReportedWithoutAChange() {
        add("first", false);
        checks.run(() -> ran.add("changed"));
        assertThat(ran).containsExactly("first");
    }

    @Test
    @LogsFaults("a change of the security configuration could not be applied")
    void aReportThatFailsDoesNotEndTheChecks() {
        add("first", true);
        checks.run(() -> {
            throw new IllegalStateException("a");
        });
        checks.run(() -> ran.add("changed"));
        assertThat(ran).containsExactly("first", "first", "changed");
    }
}
