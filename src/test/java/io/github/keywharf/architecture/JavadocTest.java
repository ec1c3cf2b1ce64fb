package io.github.keywharf.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks each public type and each public method for a comment. Doclint would also ask for a {@code @param} and a
 * {@code @return} where they only repeat the signature.
 */
class JavadocTest {
    @Test
    void each_public_type_and_method_says_what_it_is() throws IOException {
        assertThat(silent(Path.of("src/main/java"))).isEmpty();
    }

    @Test
    void only_what_a_host_can_see_must_speak(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("Wharf.java"), """
                public class Wharf {
                    public void silent() {}

                    /** Speaks. */
                    public void speaks() {}

                    @Override
                    public String toString() {
                        return "";
                    }

                    void hidden() {}

                    public interface Crane {
                        void lift();
                    }

                    static class Cellar {
                        public void hidden() {}
                    }
                }
                """);

        assertThat(silent(directory)).containsExactly("Wharf", "Wharf.silent", "Crane", "Crane.lift");
    }

    private static List<String> silent(Path root) throws IOException {
        List<String> silent = new ArrayList<>();
        Sources.parse(root, (task, unit) -> new PublicParts(DocTrees.instance(task), silent).scan(unit, null));
        return silent;
    }

    private static final class PublicParts extends TreePathScanner<Void, Void> {
        private final DocTrees docs;
        private final List<String> silent;

        PublicParts(DocTrees docs, List<String> silent) {
            this.docs = docs;
            this.silent = silent;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (!isPublic(type.getModifiers())) {
                return null;
            }
            note(type.getSimpleName().toString());
            return super.visitClass(type, null);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            ClassTree owner = (ClassTree) getCurrentPath().getParentPath().getLeaf();
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            boolean constructor = method.getReturnType() == null;
            if (isPublic(method.getModifiers()) && !overrides && !constructor) {
                note(owner.getSimpleName() + "." + method.getName());
            }
            return null;
        }

        /** Members of a public interface are public without saying so. */
        private boolean isPublic(ModifiersTree modifiers) {
            TreePath parent = getCurrentPath().getParentPath();
            boolean inInterface = parent.getLeaf().getKind() == Tree.Kind.INTERFACE
                    && !modifiers.getFlags().contains(Modifier.PRIVATE);
            return inInterface || modifiers.getFlags().contains(Modifier.PUBLIC);
        }

        private void note(String name) {
            if (docs.getDocComment(getCurrentPath()) == null) {
                silent.add(name);
            }
        }
    }
}
