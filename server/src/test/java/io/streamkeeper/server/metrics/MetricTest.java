package io.streamkeeper.server.metrics;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The conventions of names, and that counters are not shared. */
class MetricTest {
    private static final JavaClasses SERVER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.streamkeeper.server");

    @Test
    void namesFollowTheConventionsOfPrometheus() {
        assertThat(Metric.values())
                .extracting(Metric::metricName)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("(streamkeeper|process)_[a-z][a-z0-9_]*"));
        assertThat(Metric.values())
                .allSatisfy(metric -> assertThat(metric.metricName().endsWith("_total"))
                        .as(metric.metricName())
                        .isEqualTo(metric.type() == Metric.Type.COUNTER));
        assertThat(Metric.values())
                .extracting(Metric::help)
                .allMatch(help -> help.endsWith(".") && Character.isUpperCase(help.charAt(0)));
    }

    @Test
    void everySeriesHasAValueForEachLabelAndAPlaceOfItsOwn() {
        int places = 0;
        for (Metric metric : Metric.values()) {
            assertThat(metric.place()).isEqualTo(places);
            assertThat(metric.series())
                    .doesNotHaveDuplicates()
                    .allSatisfy(values -> assertThat(values).hasSameSizeAs(metric.labels()));
            places += metric.series().size() * metric.width();
        }
        assertThat(Metric.arrayLength()).isEqualTo(places);
        assertThat(Arrays.stream(Metric.values()).filter(metric -> metric.type() == Metric.Type.HISTOGRAM))
                .isNotEmpty();
    }

    @Test
    void countersAreOwnedByTheirLoopAndShareNothing() {
        fields().that()
                .areDeclaredIn(LoopCounters.class)
                .and()
                .doNotHaveName("$assertionsDisabled")
                .should()
                .bePrivate()
                .andShould()
                .beFinal()
                .check(SERVER);
        noFields().that().haveRawType(LoopCounters.class).should().beStatic().check(SERVER);
        noClasses()
                .that()
                .haveFullyQualifiedName(LoopCounters.class.getName())
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent..")
                .check(SERVER);
        assertThat(SERVER.get(LoopCounters.class).getMethods())
                .noneMatch(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED));
    }

    @Test
    void nobodyReadsTheCountersOfALoopButTheirOwner() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Counters.class.getName())
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "LoopCounters.addTo",
                        call -> call.getTargetOwner().isEquivalentTo(LoopCounters.class)
                                && call.getName().equals("addTo")))
                .check(SERVER);
    }
}
