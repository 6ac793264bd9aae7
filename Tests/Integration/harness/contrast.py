"""Contrast of a page's texts, as WCAG 2 computes it."""

# Texts with less contrast than AA wants, each with its contrast.
LOW = """
    (() => {
        const channels = color => color.match(/[\\d.]+/g).map(Number);
        const luminance = color => channels(color).slice(0, 3).map(c => c / 255)
            .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
        const background = e => { for (; e; e = e.parentElement) {
            const color = getComputedStyle(e).backgroundColor;
            if (channels(color)[3] !== 0) return color;
        } return "rgb(255, 255, 255)" };
        return [...document.querySelectorAll("body *:not(script):not(title)")].filter(e => [...e.childNodes].some(
            node => node.nodeType === 3 && node.textContent.trim())).map(e => {
            const style = getComputedStyle(e);
            const color = e instanceof SVGElement ? style.fill : style.color;
            const pair = [luminance(color), luminance(background(e))].sort((a, b) => b - a);
            return [(pair[0] + 0.05) / (pair[1] + 0.05), e.outerHTML.slice(0, 90)];
        }).filter(pair => pair[0] < 4.5);
    })()
"""
