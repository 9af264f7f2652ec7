namespace MplugCluster.Training.Scenes;

/// <summary>
/// Makes a scene from another by changing one thing, mostly what models find hardest: a form, or where a shape is. Scenes that are alike but for it,
/// in one batch, are what the fusion encoder learns forms and relations from; among random ones hardly two differ in nothing else.
/// </summary>
sealed class SceneVariation(Scene scene, Random random)
{
    const int Tries = 200;

    /// <summary>A scene that differs from the first in one thing; null when none was found in which shapes have room.</summary>
    public Scene? Next()
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            SceneObject[] objects = [.. scene.Objects];
            var one = random.Next(objects.Length);
            var other = objects.Length == 1 ? one : (one + 1 + random.Next(objects.Length - 1)) % objects.Length;
            var change = random.NextDouble();
            if (one == other || change < 0.6)
                objects[one] = Changed(objects[one]);
            else
                (objects[one], objects[other]) = Exchanged(objects[one], objects[other], change);
            var next = scene with { Objects = objects };
            if (next.IsSound && !objects.Zip(scene.Objects).All(pair => LookAlike(pair.First, pair.Second)))
                return next;
        }

        return null;
    }

    /// <summary>What only stands a little more upright has not changed.</summary>
    static bool LookAlike(SceneObject one, SceneObject other) => one == other with { Angle = one.Angle };

    SceneObject Changed(SceneObject shape)
    {
        switch (random.NextDouble())
        {
            case < 0.45:
                var form = Other(shape.Form, SceneWords.Forms.Length);
                return shape with { Form = form, Angle = SceneForm.RandomAngle(form, random) };
            case < 0.8:
                return shape.Anywhere(scene.Width, scene.Height, random);
            case < 0.9:
                // Captions do not speak of plain shapes as such: only one pattern and the other can be told apart.
                return shape.Pattern == 0 ? shape : shape with { Pattern = 3 - shape.Pattern };
            case < 0.95:
                return shape with { Large = !shape.Large, Radius = SceneObject.RandomRadius(!shape.Large, random) };
            default:
                return shape with { Color = Other(shape.Color, SceneWords.Colors.Length) };
        }
    }

    /// <summary>Two shapes exchange their places, their forms or their colours.</summary>
    static (SceneObject One, SceneObject Other) Exchanged(SceneObject one, SceneObject other, double change) => change switch
    {
        < 0.8 => (one with { X = other.X, Y = other.Y }, other with { X = one.X, Y = one.Y }),
        < 0.9 => (one with { Form = other.Form, Angle = other.Angle }, other with { Form = one.Form, Angle = one.Angle }),
        _ => (one with { Color = other.Color }, other with { Color = one.Color }),
    };

    int Other(int number, int count) => (number + 1 + random.Next(count - 1)) % count;
}
