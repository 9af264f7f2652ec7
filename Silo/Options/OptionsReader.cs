using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace MplugCluster.Silo.Options;

/// <summary>Options from configuration. A key that nothing knows and a value that does not fit are faults, not silence.</summary>
public static class OptionsReader
{
    /// <summary>Reads one section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="elsewhere">Keys in it that belong to somebody else.</param>
    /// <exception cref="MplugOptionsException">Keys are unknown, or values do not fit; all of them in one message.</exception>
    public static T Read<T>(IConfigurationSection section, params string[] elsewhere) where T : class, new()
    {
        var faults = Faults(section, typeof(T), elsewhere).ToList();
        return faults.Count == 0 ? section.Get<T>() ?? new T() : throw new MplugOptionsException(faults);
    }

    static IEnumerable<OptionsFault> Faults(IConfigurationSection section, Type type, string[] elsewhere)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var entry in section.GetChildren().Where(entry => !elsewhere.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!known.TryGetValue(entry.Key, out var property))
                yield return new OptionsFault(entry.Path, $"there is no such setting; {section.Path} has {string.Join(", ", known.Keys.Order())}.");
            else if (property.PropertyType.Namespace == type.Namespace)
                foreach (var fault in Faults(entry, property.PropertyType, []))
                    yield return fault;
            else if (!Fits(entry, property.PropertyType))
                yield return new OptionsFault(entry.Path, $"'{entry.Value}' is not {Wanted(property.PropertyType)}.");
        }
    }

    static string Wanted(Type type) => type == typeof(string) ? "a text" : type == typeof(bool) ? "true or false" : "a whole number that fits";

    static bool Fits(IConfigurationSection entry, Type type)
    {
        try
        {
            return entry.Value is not null && entry.Get(type) is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
