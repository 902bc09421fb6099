package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.subscription.webhook.NameLookup.Lane;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameLanesTest {
    private final NameLanes lanes = new NameLanes();

    private NameLookup added(String name) {
        NameLookup lookup = new NameLookup(name);
        assertThat(lanes.add(lookup)).isTrue();
        return lookup;
    }

    private List<String> begun() {
        List<String> begun = new ArrayList<>();
        for (NameLookup next = lanes.begin(); next != null; next = lanes.begin()) {
            begun.add(next.name());
        }
        return begun;
    }

    /** Resolves a name, so that it is known. */
    private void resolved(String name, boolean wasQuick) {
        NameLookup lookup = added(name);
        assertThat(begun()).containsExactly(name);
        lanes.end(lookup, wasQuick);
    }

    @Test
    void oneThatTakesLongGivesItsPlaceToTheNext() {
        List<NameLookup> hanging = new ArrayList<>();
        for (int i = 0; i < NameLanes.THREADS + 1; i++) {
            hanging.add(added("hanging" + i));
        }
        assertThat(begun()).hasSize(NameLanes.QUICK_MAX);
        for (NameLookup lookup : hanging) {
            lanes.takesLong(lookup);
            begun();
        }
        assertThat(hanging).filteredOn(lookup -> lookup.lane() == Lane.SLOW).hasSize(NameLanes.SLOW_MAX);
        assertThat(hanging).filteredOn(lookup -> lookup.lane() == Lane.QUICK).hasSize(NameLanes.QUICK_MAX);
        lanes.end(hanging.get(0), false);
        lanes.takesLong(hanging.get(NameLanes.SLOW_MAX));
        assertThat(begun()).containsExactly("hanging" + NameLanes.THREADS);
    }

    @Test
    void oneThatWasQuickComesBeforeNewOnes() {
        resolved("known", true);
        for (int i = 0; i < 8; i++) {
            added("new" + i);
        }
        begun();
        added("known");
        lanes.end(endOf("x"), true);
        assertThat(lanes.begin()).extracting(NameLookup::name).isEqualTo("known");
    }

    private NameLookup endOf(String name) {
        NameLookup lookup = new NameLookup(name);
        lookup.lane(Lane.QUICK);
        return lookup;
    }

    @Test
    void namesThatWereSlowTakeAPartOfTheThreads() {
        List<NameLookup> slow = new ArrayList<>();
        for (int i = 0; i < NameLanes.SLOW_AGAIN_MAX + 1; i++) {
            resolved("slow" + i, false);
        }
        for (int i = 0; i < NameLanes.SLOW_AGAIN_MAX + 1; i++) {
            slow.add(added("slow" + i));
        }
        assertThat(begun()).hasSize(NameLanes.SLOW_AGAIN_MAX);
        added("new");
        assertThat(begun()).containsExactly("new");
        lanes.end(slow.get(0), false);
        assertThat(begun()).containsExactly("slow" + NameLanes.SLOW_AGAIN_MAX);
    }

    @Test
    void namesThatWaitAreBoundedAndSlowOnesKeepNoOtherOut() {
        resolved("slow", false);
        for (int i = 0; i < NameLanes.SLOW_AGAIN_MAX + NameLanes.WAITING_MAX; i++) {
            added("slow");
            begun();
        }
        assertThat(lanes.add(new NameLookup("slow"))).isFalse();
        assertThat(lanes.add(new NameLookup("new"))).isTrue();
    }
}
