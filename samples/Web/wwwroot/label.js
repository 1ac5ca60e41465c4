// Sends images that are dropped, pasted, chosen or photographed to the service, and shows what it says.

const atOnce = 3
const mostTries = 6
const mostBars = 5
const mostCards = 60

const byId = id => document.getElementById(id)
const model = byId('model')
const results = byId('results')
const cards = []        // the newest first
const waiting = []
let running = 0

if (model) {
  byId('files').addEventListener('change', event => takeInput(event.target))
  byId('camera').addEventListener('change', event => takeInput(event.target))
  byId('least').addEventListener('change', () => cards.forEach(show))
  model.addEventListener('change', switchModel)
  document.addEventListener('paste', event => {
    const files = [...event.clipboardData?.files ?? []]
    if (files.length > 0) {
      event.preventDefault()
      add(files)
    }
  })
  document.addEventListener('dragover', event => { event.preventDefault(); byId('drop').classList.add('over') })
  document.addEventListener('dragleave', event => { if (!event.relatedTarget) byId('drop').classList.remove('over') })
  document.addEventListener('drop', event => {
    event.preventDefault()
    byId('drop').classList.remove('over')
    add([...event.dataTransfer.files])
  })
}

function takeInput(input) {
  add([...input.files])
  input.value = ''      // so that the same file can be chosen again
}

function add(files) {
  for (const file of files) {
    const element = byId('card').content.firstElementChild.cloneNode(true)
    const card = { file, element, answer: null, error: '', turn: 0, address: URL.createObjectURL(file) }
    const find = name => element.querySelector(name)
    find('.file').textContent = file.name
    const image = find('.thumb img')
    image.addEventListener('load', () => { image.hidden = false })
    image.src = card.address
    find('.remove').setAttribute('aria-label', `Remove ${file.name}`)
    find('.remove').addEventListener('click', () => remove(card, true))
    find('.why').addEventListener('toggle', () => explain(card))
    cards.unshift(card)
    results.prepend(element)
    ask(card)
  }

  cards.slice(mostCards).forEach(card => remove(card, false))
}

function remove(card, byHand) {
  const next = card.element.nextElementSibling ?? card.element.previousElementSibling
  card.turn = -1
  URL.revokeObjectURL(card.address)
  card.element.remove()
  cards.splice(cards.indexOf(card), 1)
  if (byHand) {
    (next?.querySelector('.remove') ?? byId('files')).focus()
  }
}

function ask(card) {
  const turn = ++card.turn
  card.answer = null
  card.error = ''
  show(card)
  waiting.push(async () => {
    if (card.turn !== turn) return
    const outcome = await send('predict', card.file)
    if (card.turn !== turn) return      // removed, or asked again of another model
    card.error = outcome.error ?? ''
    card.answer = outcome.error ? null : await outcome.response.json()
    show(card)
    say(card)
  })
  work()
}

function work() {
  while (running < atOnce && waiting.length > 0) {
    running++
    waiting.shift()().finally(() => { running--; work() })
  }
}

/** Sends a file; a service that has too much to do is asked again later. */
async function send(endpoint, file) {
  const most = Number(byId('drop').dataset.maxBytes)
  if (file.size > most) {
    return { error: `The image has ${megabytes(file.size)} MB; the limit is ${megabytes(most)} MB.` }
  }

  for (let attempt = 1; ; attempt++) {
    const form = new FormData()
    form.append('image', file)
    let response
    try {
      response = await fetch(`${endpoint}?model=${encodeURIComponent(model.value)}`, { method: 'POST', body: form })
    } catch {
      return { error: 'The service does not answer. Is it still running?' }
    }

    if (response.ok) return { response }
    if (response.status !== 429 || attempt === mostTries) {
      const problem = await response.json().catch(() => null)
      return { error: problem?.detail ?? `The service answered ${response.status}.` }
    }

    await new Promise(resolve => setTimeout(resolve, 1000 * (Number(response.headers.get('Retry-After')) || 1)))
  }
}

function show(card) {
  const find = name => card.element.querySelector(name)
  const { answer, error } = card
  const refused = answer && isStrange(answer)
  card.element.classList.toggle('failed', error !== '')
  card.element.classList.toggle('refused', Boolean(refused))
  card.element.setAttribute('aria-busy', String(!answer && !error))
  find('.word').textContent = error ? 'No label' : !answer ? 'Looking…' : refused ? 'None of these' : answer.label
  find('.share').textContent = answer && !refused ? percent(answer.probability) : ''
  find('.why-not').textContent = error || (answer ? familiarity(answer, refused) : '')
  find('.bars').replaceChildren(...answer ? ranked(answer).map(bar) : [])
  const why = find('.why')
  why.hidden = !answer || !byId('facts').dataset.heat
  if (!answer) {
    why.open = false
    forgetPicture(why)
  }
}

function isStrange(answer) {
  return answer.familiarity !== undefined && answer.familiarity < Number(byId('least').value)
}

function familiarity(answer, refused) {
  if (answer.familiarity === undefined) return ''
  const share = answer.familiarity >= 0.9995 ? 'All' : percent(answer.familiarity)
  return refused
    ? `Only ${share} of the images that the model knows are as strange. Nearest is ${ranked(answer)[0][0]}.`
    : `Familiar: ${share} of the images that the model knows are as strange or stranger.`
}

function ranked(answer) {
  return Object.entries(answer.scores).sort((a, b) => b[1] - a[1]).slice(0, mostBars)
}

function bar([name, share]) {
  const element = byId('bar').content.firstElementChild.cloneNode(true)
  element.querySelector('.name').textContent = name
  element.querySelector('.number').textContent = percent(share)
  element.querySelector('.fill').style.width = `${100 * share}%`
  return element
}

/** Fetches the heat map when it is first looked at. */
async function explain(card) {
  const why = card.element.querySelector('.why')
  if (!why.open || why.dataset.asked) return
  why.dataset.asked = 'yes'
  const turn = card.turn
  const outcome = await send('explain', card.file)
  if (card.turn !== turn) return
  const wait = why.querySelector('.wait')
  if (outcome.error) {
    wait.textContent = outcome.error
    return
  }

  const picture = new Image()
  picture.alt = `Heat map: the brighter a part of ${card.file.name} is, the more it speaks for ${ranked(card.answer)[0][0]}`
  picture.src = URL.createObjectURL(await outcome.response.blob())
  wait.hidden = true
  why.append(picture)
}

function forgetPicture(why) {
  delete why.dataset.asked
  const picture = why.querySelector('img')
  if (picture) {
    URL.revokeObjectURL(picture.src)
    picture.remove()
  }

  why.querySelector('.wait').hidden = false
  why.querySelector('.wait').textContent = 'Drawing…'
}

async function switchModel() {
  await describe()
  cards.forEach(ask)
}

/** Says what the chosen model knows, and shows what it gives. */
async function describe() {
  const facts = byId('facts')
  const response = await fetch(`models/${encodeURIComponent(model.value)}`).catch(() => null)
  const said = await response?.json().catch(() => null)
  if (!response?.ok) {
    facts.textContent = said?.detail ?? 'The service does not answer. Is it still running?'
    return
  }

  const names = said.labels.slice(0, 12).join(', ')
  const more = said.labels.length > 12 ? ` and ${said.labels.length - 12} more` : ''
  facts.textContent = `It knows ${names}${more}. ${said.architecture}, ${said.imageSize}×${said.imageSize} pixels.`
  facts.dataset.heat = said.hasHeat ? 'yes' : ''
  byId('strange').hidden = !said.hasFamiliarity
}

function say(card) {
  const { answer, error } = card
  const what = error || (isStrange(answer) ? 'none of these' : `${answer.label}, ${percent(answer.probability)}`)
  byId('status').textContent = `${card.file.name}: ${what}`
}

const percent = share => share >= 0.9995 ? '> 99.9 %' : share < 0.0005 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`
const megabytes = bytes => (bytes / 1e6).toFixed(1)
